package console

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/base/trace"
	"regulars/internal/measure/page"
	"regulars/internal/record/business"
)

//go:embed html
var files embed.FS

// started is when the style sheet was made, for browsers that have it already.
var started = time.Now()

type pages = page.Set

// read reads the templates in every language, and the style sheet.
var read = sync.OnceValues(func() (*pages, error) {
	return page.Read(files, "html/console.css", "html/layout.gohtml", "html/terms.gohtml")
})

// sheet is what every page shows.
type sheet struct {
	Title    string
	Lead     string // a sentence beneath it
	Business string
	Sample   *madeUp // nil: the business is real
	Me       *account.User
	Bar      *bar   // where else to go; nil: nobody has signed in
	Here     string // the address without the language
	Language string
	Choices  []choice // languages
	Problems []problem
	Content  any
}

type choice struct {
	Value, Name string
	Chosen      bool
}

// problem is something wrong with what was typed.
type problem struct{ Field, Text string }

// show writes a page.
func (v *visit) show(status int, name string, s sheet) error {
	s.Language, s.Here, s.Me, s.Bar = v.l.Tag(), v.r.URL.Path, v.me, v.bar()
	for _, tag := range locale.Tags() {
		s.Choices = append(s.Choices, choice{tag, v.Locales[tag].Name(), tag == v.l.Tag()})
	}
	b, err := v.business()
	if err != nil {
		return err
	}
	s.Business = cmp.Or(s.Business, b.Name)
	if b.Sample {
		s.Sample = v.madeUp()
	}
	var out bytes.Buffer
	if err := v.Pages[v.l.Tag()][name].ExecuteTemplate(&out, "layout", s); err != nil {
		return err //nolint:wrapcheck // the templates are ours
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Language", v.l.Tag())
	v.w.WriteHeader(status)
	_, _ = v.w.Write(out.Bytes()) // who has gone needs no answer
	return nil
}

func (v *visit) business() (b business.Business, err error) {
	err = v.read(func(tx *db.Tx) (err error) { b, err = business.Load(tx); return err })
	return b, err
}

// message is a page of a few words, and where to go from there.
type message struct {
	Text     []string
	Link, To string
}

func (v *visit) message(status int, title string, m message) error {
	return v.show(status, "message", sheet{Title: title, Content: m})
}

// statuses of faults.
var statuses = map[fault.Kind]int{
	fault.Internal: http.StatusInternalServerError, fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict, fault.Forbidden: http.StatusForbidden, fault.Unavailable: http.StatusServiceUnavailable,
	fault.Unknown: http.StatusUnauthorized,
}

// status is the one of an error; a page on which somebody is to try again sooner or later says when.
func (v *visit) status(err error) int {
	var soon *account.TooSoon
	if errors.As(err, &soon) {
		v.w.Header().Set("Retry-After", strconv.Itoa(seconds(soon)))
		return http.StatusTooManyRequests
	}
	return statuses[fault.KindOf(err)]
}

func seconds(s *account.TooSoon) int { return max(1, int((s.Wait+time.Second-1)/time.Second)) }

// examples are what a sentence shows as right.
var examples = map[string]string{"no_email": "name@example.com", "unknown_currency": "EUR", "unknown_zone": "Europe/Athens", "no_whole_number": "12", "no_day": "2026-03-31",
	"unknown_country": "GR", "no_host": "mail.example.com", "no_colour": "#0a5c36", "no_url": "https://shop.example.com/loyalty", "address_plain": "https://", "plain_name": "stars", "logo_kind": logoKinds, "logo_large": logoSize}

const (
	noNumber = "no_number"
	tooFine  = "too_fine" // an amount of less than the smallest coin
)

// What a logo may be.
const (
	logoKinds = "PNG, JPEG, WebP"
	logoSize  = "2 MB"
)

// say is an error in the reader's language; what is not meant for them goes to the log.
func (v *visit) say(err error) string {
	var f *fault.Fault
	var soon *account.TooSoon
	if errors.As(err, &soon) {
		return v.l.P("console.error.too_many_tries", int64(seconds(soon)))
	}
	var between *fault.Range
	if errors.As(err, &between) {
		return v.l.T("console.error.between", v.l.Integer(between.Least), v.l.Integer(between.Most))
	}
	var bad badNumber
	if errors.As(err, &bad) {
		return v.l.T("console.error.out_of_range." + string(bad))
	}
	var left *leftOfSale
	if errors.As(err, &left) {
		return v.leftToReturn(left)
	}
	var much *byhand.TooMuch
	if errors.As(err, &much) {
		return v.tooMuch(much)
	}
	if errors.As(err, &f) && v.l.Has("console.error."+f.Code) {
		if f.Kind == fault.Unavailable || f.Cause != nil {
			trace.Failed(v.ctx, err)
		}
		example := examples[f.Code]
		if f.Code == noNumber || f.Code == tooFine {
			example = v.l.Number(4.5, 2) //nolint:mnd // what a coffee and a cake come to
		}
		return v.l.T("console.error."+f.Code, cmp.Or(example, f.Message))
	}
	if f == nil || f.Kind == fault.Internal {
		trace.Failed(v.ctx, err)
		return v.l.T("console.error.internal", trace.ID(v.ctx))
	}
	return f.Message
}

// fail shows an error as a page of its own.
func (v *visit) fail(err error) {
	status := v.status(err)
	failed := v.message(status, v.l.T("console.error.title"), message{
		Text: []string{v.say(err)}, Link: v.l.T("console.error.home"), To: "/",
	})
	if failed == nil {
		return
	}
	trace.Failed(v.ctx, failed) // the database is away, and the name of the business with it
	http.Error(v.w, v.l.T("console.error.internal", trace.ID(v.ctx)), http.StatusInternalServerError)
}

// form is a page on which something is typed.
type form struct {
	Title    string // of one among others on a page
	Lead     string // a sentence beneath it
	Action   string
	Hidden   []hidden
	Files    bool   // it takes a file
	Picture  string // what it is about, to be seen; empty: nothing
	Groups   []group
	Button   string
	Link, To string // to where else one may go
	Beside   string // what else it could be, and where that is; empty: nothing
	BesideTo string
	Provider string // the name of the provider by which one may sign in instead
	Whose    string // the e-mail that a password is for, for who keeps passwords
}

// hidden is what a form brings along.
type hidden struct{ Name, Value string }

// group is fields that belong together.
type group struct {
	Legend  string
	Fields  []field
	Abreast bool // its fields are short, and stand beside each other
	Folded  bool // it is seldom wanted, and closed
	Open    bool // all the same
}

// field is a line to type or choose.
type field struct {
	Name, Label, Help, Value string
	Type                     string // of input; select or radios: one of Choices; ticks: any of them; tick: yes or nothing; textarea: many lines
	Complete                 string // what a browser may fill in
	Mode                     string // of the keyboard of a phone
	List                     []string
	Choices                  []choice
	Fixed, First, Optional   bool
	Open                     bool // of ticks: they are shown at once
	Most                     int  // characters; 0: not bounded
	Error                    string
	Now                      string // how it is by now, where somebody else changed it meanwhile
}

// ask shows a form; again, where something was wrong with what was typed: with that beside its field, and everything but
// passwords as it was.
func (v *visit) ask(title, lead string, f form, wrong error) error {
	status := http.StatusOK
	s := sheet{Title: title, Lead: lead}
	if wrong != nil {
		status = v.status(wrong)
		if status >= http.StatusInternalServerError && fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		s.Problems = []problem{v.wronged(&f, wrong)}
	}
	v.fillForm(&f, wrong == nil)
	s.Content = f
	return v.show(status, "form", s)
}

// fillForm shows everything but passwords as it was typed; with focus the first field has it.
func (v *visit) fillForm(f *form, focus bool) {
	for g := range f.Groups {
		v.fill(f.Groups[g].Fields, v.r.Method == http.MethodPost)
		for i := range f.Groups[g].Fields {
			at := &f.Groups[g].Fields[i]
			at.First = focus && !at.Fixed
			focus = focus && at.Fixed
		}
	}
}

// wronged says what is wrong beside the field that it is wrong with.
func (v *visit) wronged(f *form, wrong error) problem {
	said := problem{Text: v.say(wrong)}
	for g := range f.Groups {
		said.Field = cmp.Or(said.Field, besides(f.Groups[g].Fields, wrong, said.Text))
	}
	return said
}

// besides puts what is wrong beside the field that it is about, and tells which one that is.
func besides(fields []field, wrong error, says string) (at string) {
	name, _, _ := strings.Cut(fieldOf(wrong), "[") // of a list the whole
	for i := range fields {
		if name != "" && name == fields[i].Name {
			fields[i].Error, at = says, name
		}
	}
	return at
}

// fill puts what was typed into the fields, but passwords, and marks what is chosen.
func (v *visit) fill(fields []field, typed bool) {
	for i := range fields {
		at := &fields[i]
		if typed && at.Type != passwordType && !at.Fixed {
			at.Value = v.typed(at.Name)
		}
		if !typed && at.Mode == "decimal" {
			at.Value = v.l.Plain(at.Value)
		}
		for c := range at.Choices {
			chosen := &at.Choices[c]
			if at.Type != "ticks" {
				chosen.Chosen = chosen.Value == at.Value
				continue
			}
			chosen.Chosen = chosen.Chosen && !typed || slices.Contains(v.r.PostForm[at.Name], chosen.Value)
			at.Open = at.Open || chosen.Chosen || at.Error != ""
		}
	}
}

const passwordType = "password"

// newPassword are the fields of a new one.
func (v *visit) newPassword() []field {
	return []field{
		{Name: "password", Label: v.l.T("console.password.new"), Help: v.l.T("console.password.help"), Type: passwordType, Complete: "new-password"},
		{Name: "again", Label: v.l.T("console.password.again"), Type: passwordType, Complete: "new-password"},
	}
}

// chosen hashes the password that was typed twice.
func (v *visit) chosen(whose ...string) (account.Hashed, error) {
	password := v.typed("password")
	if password != v.typed("again") {
		return account.Hashed{}, fault.In("again", fault.Coded("password_differs", fault.Invalidf("the two passwords are not the same")))
	}
	return v.Hasher.Hash(v.ctx, password, whose...)
}

func (v *visit) typed(name string) string { return v.r.PostForm.Get(name) }

// spoken are the languages to choose from.
func (v *visit) spoken() (all []choice) {
	for _, tag := range locale.Tags() {
		all = append(all, choice{Value: tag, Name: v.Locales[tag].Name()})
	}
	return all
}
