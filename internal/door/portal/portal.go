package portal

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/member"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/base/trace"
	"regulars/internal/intake"
	"regulars/internal/measure/page"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
)

//go:embed html
var files embed.FS

// Options are what the pages need.
type Options struct {
	Store *db.DB
	Facts *intake.Current
	Post  account.Post
	// Origins tells whether a request comes from a page of this site.
	Origins *http.CrossOriginProtection
	// Public is how others reach the server, for links that members give away; nil: without an address before them.
	Public func() string
	// Secure says that browsers speak TLS with it.
	Secure bool
	// Address is whom a request comes from.
	Address func(*http.Request) netip.Addr
	// Inside are private networks in which push services may be.
	Inside []netip.Prefix
}

// Portal is the pages.
type Portal struct {
	Options

	*page.Set

	mux *http.ServeMux
}

// read reads the templates in every language, and the style sheet.
var read = sync.OnceValues(func() (*page.Set, error) { return page.Read(files, "html/portal.css", "html/layout.gohtml") })

// New makes the pages.
func New(o Options) (*Portal, error) {
	pages, err := read()
	if err != nil {
		return nil, err
	}
	p := &Portal{Options: o, Set: pages}
	p.routes()
	return p, nil
}

func (p *Portal) routes() {
	p.mux = http.NewServeMux()
	for pattern, handle := range map[string]func(*visit) error{
		"GET /my/{$}":                    (*visit).home,
		"GET /my/join":                   (*visit).showJoin,
		"POST /my/join":                  (*visit).join,
		"GET /my/sign-in":                (*visit).showSignIn,
		"POST /my/sign-in":               (*visit).signIn,
		"POST /my/in":                    (*visit).pasted,
		"GET /my/in/{token}":             (*visit).showEnter,
		"POST /my/in/{token}":            (*visit).enter,
		"POST /my/sign-out":              (*visit).signOut,
		"POST /my/rewards":               (*visit).redeem,
		"GET /my/rewards/{id}":           (*visit).showReward,
		"GET /my/code":                   (*visit).askCode,
		"GET /my/code/{code}":            (*visit).showCode,
		"POST /my/code/{code}":           (*visit).useCode,
		"GET /my/terms":                  (*visit).showTerms,
		"GET /my/friends":                (*visit).showFriends,
		"GET /my/history":                (*visit).showHistory,
		"GET /my/profile":                (*visit).showProfile,
		"POST /my/profile":               (*visit).saveProfile,
		"POST /my/consents":              (*visit).consent,
		"GET /my/card":                   (*visit).showCard,
		"GET /my/card.js":                (*visit).cardScript,
		"GET /my/phone.js":               (*visit).phoneScript,
		"GET /my/worker.js":              (*visit).worker,
		"POST /my/phones":                (*visit).addPhone,
		"POST /my/phones/state":          (*visit).phoneState,
		"POST /my/phones/off":            (*visit).removePhone,
		"GET /my/export":                 (*visit).export,
		"POST /my/erase":                 (*visit).erase,
		"GET /my/draws":                  (*visit).showDraws,
		"GET /my/draws/{draw}":           (*visit).showDraw,
		"POST /my/draws/{draw}":          (*visit).enterDraw,
		"GET /my/draws/{draw}/draw.json": (*visit).drawFile,
		"GET /my/draws/{draw}/list.txt":  (*visit).drawList,
		"GET /my/style.css":              (*visit).stylesheet,
		"GET /my/icon.svg":               (*visit).icon,
		"GET /my/manifest.webmanifest":   (*visit).manifest,
		"GET /my/logo.png":               (*visit).logo,
		"GET /my/icon-192.png":           (*visit).smallIcon,
		"GET /my/icon-512.png":           (*visit).largeIcon,
		"/my/":                           func(*visit) error { return fault.Coded("no_page", fault.NotFoundf("there is no such page")) },
	} {
		p.mux.Handle(pattern, p.serve(handle))
	}
}

// ServeHTTP answers requests for pages.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

// bodyMost bounds what a form may hold.
const bodyMost = 32 << 10

func (p *Portal) serve(handle func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Portal: p, w: w, r: r, ctx: r.Context(), l: p.language(w, r)}
		if err := v.begin(); err != nil {
			v.fail(err)
			return
		}
		if err := handle(v); err != nil {
			v.fail(err)
		}
	})
}

const (
	languageCookie = "language"
	languageLife   = 365 * 24 * time.Hour
)

// language is the one that the reader chose, or the first that their browser asks for and that there is.
func (p *Portal) language(w http.ResponseWriter, r *http.Request) *locale.Locale {
	if chosen := r.URL.Query().Get("lang"); slices.Contains(locale.Tags(), chosen) {
		http.SetCookie(w, p.cookie(languageCookie, chosen, languageLife))
		return p.Locales[chosen]
	}
	if c, err := r.Cookie(languageCookie); err == nil && slices.Contains(locale.Tags(), c.Value) {
		return p.Locales[c.Value]
	}
	return p.Locales[locale.Negotiate(r.Header.Get("Accept-Language"))]
}

func (p *Portal) cookie(name, value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second), HttpOnly: true, Secure: p.Secure, SameSite: http.SameSiteLaxMode}
	if life == 0 {
		c.MaxAge = -1
	}
	return c
}

// session is the name of the cookie of who has signed in. By HTTPS it is one that a browser takes from this very host alone.
func (p *Portal) session() string {
	if p.Secure {
		return "__Host-member"
	}
	return "member"
}

// visit is a request for a page, and what is known of it.
type visit struct {
	*Portal

	w        http.ResponseWriter
	r        *http.Request
	ctx      context.Context //nolint:containedctx // of the request that the visit is
	l        *locale.Locale
	business business.Business
	settings member.Settings
	logoOf   member.Picture // without its content
	hasLogo  bool
	club     *programme.Compiled // in force, where a page needs what its names are in the language; nil: there is none
	draws    bool                // there are some to be seen
	me       int64               // who stands for the person who has signed in; 0: nobody has
	own      int64               // the number that they signed in as: another one where they were merged
}

// begin finds out what is to be known for every page.
func (v *visit) begin() error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, bodyMost)
	if v.r.Method == http.MethodPost {
		if v.Origins.Check(v.r) != nil {
			return fault.Coded("other_site", fault.Forbiddenf("this form was sent from another site"))
		}
		if err := v.r.ParseForm(); err != nil {
			return fault.Coded("form_too_large", fault.Invalidf("the form holds more than it can"))
		}
	}
	token := ""
	if c, err := v.r.Cookie(v.session()); err == nil {
		token = c.Value
	}
	stale := false
	if err := v.read(func(tx *db.Tx) (err error) {
		if v.business, err = business.Load(tx); err != nil {
			return err
		}
		all, err := member.Load(tx)
		if err != nil {
			return err
		}
		v.settings = all.In(v.l.Tag())
		if v.logoOf, v.hasLogo, err = member.LogoShown(tx); err != nil {
			return err
		}
		if v.draws, err = draw.Any(tx); err != nil || token == "" {
			return err
		}
		if v.own, stale, err = member.Session(tx, token); err != nil || v.own == 0 {
			return err
		}
		v.me, err = customer.Root(tx, v.own)
		return err
	}); err != nil {
		return err
	}
	if !v.settings.Open && !public(v.r.URL.Path) && !dressing(v.r.URL.Path) {
		return fault.Coded("members_closed", fault.NotFoundf("there are no pages for members here"))
	}
	if !stale || v.me == 0 {
		return nil
	}
	http.SetCookie(v.w, v.cookie(v.session(), token, member.Life))
	return v.write(func(tx *db.Tx) error { return member.Seen(tx, token) })
}

// dressing tells what the pages that anybody may see are shown with, and the settings show.
func dressing(path string) bool {
	return slices.Contains([]string{"/my/style.css", "/my/icon.svg", "/my/logo.png", "/my/icon-192.png", "/my/icon-512.png"}, path)
}

func (v *visit) read(fn func(tx *db.Tx) error) error  { return v.Store.Read(v.ctx, fn) }
func (v *visit) write(fn func(tx *db.Tx) error) error { return v.Store.Write(v.ctx, fn) }

// signedIn goes on for who has signed in, and shows others the way in.
func (v *visit) signedIn(then func() error) error {
	if v.me == 0 {
		http.Redirect(v.w, v.r, "/my/", http.StatusSeeOther)
		return nil
	}
	return then()
}

func (v *visit) typed(name string) string { return v.r.PostForm.Get(name) }

func (v *visit) to(path string) error {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// sheet is what every page shows.
type sheet struct {
	Title    string
	Lead     string
	Business string
	Member   bool
	Here     string // the address without the language
	Switch   string // the same, to be followed by another language
	Language string
	Choices  []choice
	Problem  string
	Pages    []link
	Logo     *shownLogo // nil: there is none
	Content  any
}

// shownLogo is the logo in the band of every page.
type shownLogo struct {
	At            string
	Width, Height int
}

type choice struct {
	Value, Name string
	Chosen      bool
}

type link struct {
	Path, Name string
	Here       bool
}

// show writes a page.
func (v *visit) show(status int, name string, s sheet) error {
	s.Language, s.Here, s.Member = v.l.Tag(), v.r.URL.Path, v.me != 0
	kept := v.r.URL.Query() // such as the code that somebody came with
	kept.Del("lang")
	if s.Switch = s.Here + "?"; len(kept) > 0 {
		s.Switch += kept.Encode() + "&"
	}
	if v.hasLogo { // a new one is another address, for browsers that have the old one
		s.Logo = &shownLogo{"/my/logo.png?" + strconv.FormatInt(v.logoOf.Updated.UnixMicro(), 36), v.logoOf.Width, v.logoOf.Height}
	}
	if s.Business = v.business.Name; s.Business == "" {
		s.Business = "Regulars"
	}
	for _, tag := range locale.Tags() {
		s.Choices = append(s.Choices, choice{tag, v.Locales[tag].Name(), tag == v.l.Tag()})
	}
	if s.Member {
		for _, p := range []struct{ path, key string }{{"/my/", "home"}, {drawsAt, "draws"}, {"/my/history", "history"}, {"/my/profile", "profile"}} {
			if p.path == drawsAt && !v.draws {
				continue
			}
			s.Pages = append(s.Pages, link{p.path, v.l.T("portal.nav." + p.key), p.path == s.Here || p.path == drawsAt && public(s.Here)})
		}
	}
	if s.Problem != "" {
		s.Title = v.l.T("portal.problem", s.Title)
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

var statuses = map[fault.Kind]int{
	fault.Internal: http.StatusInternalServerError, fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict, fault.Forbidden: http.StatusForbidden, fault.Unavailable: http.StatusServiceUnavailable,
	fault.Unknown: http.StatusUnauthorized,
}

func (v *visit) status(err error) int {
	var soon *account.TooSoon
	if errors.As(err, &soon) {
		return http.StatusTooManyRequests
	}
	return statuses[fault.KindOf(err)]
}

// say is an error in the reader's language; what is not meant for them goes to the log.
func (v *visit) say(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) && v.l.Has("portal.error."+f.Code) {
		return v.l.T("portal.error."+f.Code, "name@example.com")
	}
	if f == nil || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		trace.Failed(v.ctx, err)
	}
	if f != nil && f.Kind == fault.Invalid {
		return v.l.T("portal.error.invalid")
	}
	if f != nil && f.Kind == fault.NotFound {
		return v.l.T("portal.error.no_page")
	}
	return v.l.T("portal.error.internal", trace.ID(v.ctx))
}

// note is a page of a few words.
type note struct {
	Text     []string
	Link, To string
	Paste    bool // the link of a letter can be pasted
	Pasted   bool // and was, wrongly
}

// fail shows an error as a page of its own.
func (v *visit) fail(err error) {
	failed := v.show(v.status(err), "message", sheet{Title: v.l.T("portal.error.title"), Content: note{Text: []string{v.say(err)}, Link: v.l.T("portal.error.home"), To: "/my/"}})
	if failed == nil {
		return
	}
	trace.Failed(v.ctx, failed)
	http.Error(v.w, v.l.T("portal.error.internal", trace.ID(v.ctx)), http.StatusInternalServerError)
}
