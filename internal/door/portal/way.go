package portal

import (
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/packaging"
	"regulars/internal/act/referral"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
)

// joining is the form by which somebody joins.
type joining struct {
	Email, GivenName, FamilyName  string
	Born                          born
	Greeting, Terms, TermsWording string
	NewsWording                   string
	News, Agreed                  bool
	Action                        string
	Asks                          bool   // for the e-mail too
	Ref                           string // the code of the friend who brought them
	Dead                          bool   // nobody has that code
	Code                          string // of a package that they come with
	Key                           string // of the form: sent twice it is one letter
	Script                        bool   // that has the browser throw away the card of who was signed in
}

func (v *visit) form() joining {
	return joining{
		Email: v.typed("email"), GivenName: v.typed("given_name"), FamilyName: v.typed("family_name"), Born: v.typedBorn(),
		Greeting: v.settings.Greeting, Terms: v.settings.Terms, TermsWording: v.l.T("portal.join.terms", v.name()), NewsWording: v.l.T("portal.join.news", v.name()),
		News: v.typed("news") != "", Agreed: v.typed("agreed") != "", Action: v.r.URL.Path, Ref: v.ref(), Code: v.brings(), Key: rand.Text(),
	}
}

// ref is the code of the friend who brought them, from the link or the form that it led to.
func (v *visit) ref() string {
	code := v.typed("ref")
	if code == "" {
		code = v.r.URL.Query().Get("ref")
	}
	const most = 40
	return code[:min(len(code), most)]
}

// name is what the business is called.
func (v *visit) name() string {
	if v.business.Name == "" {
		return "Regulars"
	}
	return v.business.Name
}

// said is what the form says of somebody.
func (v *visit) said(f *joining) (*member.Joining, error) {
	if !f.Agreed {
		return nil, fault.In("agreed", fault.Coded("terms_needed", fault.Invalidf("members agree to the terms")))
	}
	birthday, err := v.typedBirthday()
	if err != nil {
		return nil, err
	}
	proof, now := v.Address(v.r).String(), time.Now().UTC()
	j := &member.Joining{GivenName: f.GivenName, FamilyName: f.FamilyName, Birthday: birthday.String(), Ref: f.Ref,
		Agreed: []member.Given{member.Terms(f.TermsWording, v.settings.Version, proof, now)}}
	if f.News {
		j.Agreed = append(j.Agreed, member.News(f.NewsWording, proof, now))
	}
	return j, nil
}

// inAlready is where somebody goes on who comes to the way in and is in.
func (v *visit) inAlready() error {
	if code := v.brings(); code != "" {
		return v.to(packaging.Path(code))
	}
	if ref := v.ref(); ref != "" {
		var whose int64
		if err := v.read(func(tx *db.Tx) (err error) { whose, err = referral.Whose(tx, ref); return err }); err != nil {
			return err
		}
		why := unbrought[notNewCode]
		switch whose {
		case 0:
			why = unbrought["referral_code_not_found"]
		case v.me:
			why = unbrought["self_referral"]
		}
		return v.to(homeWhy + why)
	}
	return v.to("/my/")
}

func (v *visit) showJoin() error {
	if v.me != 0 {
		return v.inAlready()
	}
	return v.askJoin(nil)
}

func (v *visit) askJoin(wrong error) error {
	f := v.form()
	f.Asks = true
	if f.Ref != "" {
		if err := v.read(func(tx *db.Tx) error {
			whose, err := referral.Whose(tx, f.Ref)
			f.Dead = whose == 0
			return err
		}); err != nil {
			return err
		}
	}
	s := sheet{Title: v.l.T("portal.join.title", v.name()), Lead: v.settings.Greeting, Content: f}
	return v.again("welcome", s, wrong)
}

// again shows a form, with what was wrong.
func (v *visit) again(page string, s sheet, wrong error) error {
	status := http.StatusOK
	if wrong != nil {
		if status = v.status(wrong); status == http.StatusInternalServerError {
			return wrong
		}
		s.Problem = v.say(wrong)
	}
	return v.show(status, page, s)
}

func (v *visit) join() error {
	f := v.form()
	said, err := v.said(&f)
	if err == nil {
		err = v.ask(said)
	}
	if err != nil {
		return v.askJoin(err)
	}
	return v.sent()
}

// ask has a letter sent to the e-mail that was typed.
func (v *visit) ask(said *member.Joining) error {
	i, err := customer.Identity{Kind: customer.Email, Value: v.typed("email")}.Normal(v.business.Country)
	if err != nil {
		return fault.In("email", fault.Coded("no_email", fault.Invalidf("this is no e-mail: %w", err)))
	}
	if err := account.ChargeLetter(v.ctx, v.Store, i.Value, v.Address(v.r)); err != nil {
		return err
	}
	return v.write(func(tx *db.Tx) error {
		if _, known, err := v.Post.Server(tx); err != nil || !known {
			if err == nil {
				err = fault.Coded("no_mail_server", fault.Unavailablef("no mail server is set"))
			}
			return err
		}
		return member.Ask(tx, member.Request{Email: i.Value, Language: v.l.Tag(), Joining: said, Code: v.brings()}, v.typed("key"))
	})
}

// sent says that a letter is on its way, whoever asked.
func (v *visit) sent() error {
	return v.show(http.StatusOK, "message", sheet{Title: v.l.T("portal.sent.title"), Content: note{Text: []string{v.l.T("portal.sent.text", strings.TrimSpace(v.typed("email"))), v.l.T("portal.sent.otherwise")},
		Link: v.l.T("portal.sent.again"), To: "/my/sign-in", Paste: true}})
}

var sentLink = regexp.MustCompile(`/my/in/(\w+)\s*$`)

// pasted takes the link of a letter that was pasted. Pages on the home screen of an iPhone are a browser of their own, and what
// is pressed in a letter opens in the other one.
func (v *visit) pasted() error {
	found := sentLink.FindStringSubmatch(v.typed("link"))
	if found == nil {
		return v.again("message", sheet{Title: v.l.T("portal.sent.title"), Content: note{Link: v.l.T("portal.sent.again"), To: "/my/sign-in", Paste: true, Pasted: true}},
			fault.In("link", fault.Coded("no_link", fault.Invalidf("this is no link from a letter of ours"))))
	}
	return v.to("/my/in/" + found[1])
}

func (v *visit) showSignIn() error {
	if v.me != 0 {
		return v.inAlready()
	}
	return v.askSignIn(nil)
}

func (v *visit) askSignIn(wrong error) error {
	return v.again("letter", sheet{Title: v.l.T("portal.signin.title"), Lead: v.l.T("portal.signin.lead"), Content: joining{Email: v.typed("email"), Code: v.brings(), Key: rand.Text()}}, wrong)
}

func (v *visit) signIn() error {
	if err := v.ask(nil); err != nil {
		return v.askSignIn(err)
	}
	return v.sent()
}

// entering is what the page of a link asks.
type entering struct {
	joining

	Joins bool // who comes is not a member yet, and has said nothing
}

// known finds the customer of an e-mail, and whether they are a member; 0: nobody. It is the number whose e-mail it is, and not the
// one that stands for the person: where two were merged who are not one, each has their own again when that is undone.
func known(tx *db.Tx, email string) (number int64, joined bool, err error) {
	id := customer.Identity{Kind: customer.Email, Value: email}
	found, err := customer.Find(tx, []customer.Identity{id})
	if err != nil || found[id] <= 0 {
		return 0, false, err
	}
	root, err := customer.Root(tx, found[id])
	if err != nil {
		return 0, false, err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return 0, false, err
	}
	_, joined, err = member.Of(tx, members)
	return found[id], joined, err
}

// showEnter asks before the link is used: programs that look through letters follow links, and press no buttons.
func (v *visit) showEnter() error { return v.askEnter(nil) }

func (v *visit) askEnter(wrong error) error {
	e := entering{joining: v.form()}
	if err := v.read(func(tx *db.Tx) error {
		r, err := member.Peek(tx, v.r.PathValue("token"))
		if err != nil {
			return err
		}
		_, joined, err := known(tx, r.Email)
		e.Joins, e.Email = r.Joining == nil && !joined, r.Email
		return err
	}); err != nil {
		return v.used(err)
	}
	title := v.l.T("portal.enter.title", v.name())
	if e.Joins {
		title = v.l.T("portal.join.title", v.name())
	}
	return v.again("enter", sheet{Title: title, Content: e}, wrong)
}

func (v *visit) enter() error {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	f := v.form()
	var token string
	var who, root int64
	next := "/my/"
	var wrong error
	err = v.write(func(tx *db.Tx) error {
		wrong = nil
		r, err := member.Peek(tx, v.r.PathValue("token"))
		if err != nil {
			return err
		}
		var joined bool
		if who, joined, err = known(tx, r.Email); err != nil {
			return err
		}
		if r.Code != "" {
			next = packaging.Path(r.Code)
		}
		said := r.Joining
		if said == nil && !joined {
			if said, wrong = v.said(&f); wrong != nil {
				return nil //nolint:nilerr // the form says it, and the link stays good
			}
		}
		if _, err := member.Use(tx, v.r.PathValue("token")); err != nil {
			return err
		}
		var untied error
		switch {
		case said != nil && !joined:
			if who, untied, err = v.welcome(tx, facts, r.Email, said); err != nil {
				return err
			}
		case said != nil && said.Ref != "":
			untied = fault.Coded(notNewCode, fault.Conflictf("they were a member before"))
		}
		if f := (*fault.Fault)(nil); errors.As(untied, &f) && r.Code == "" {
			next = homeWhy + unbrought[f.Code]
		}
		if token, err = member.Begin(tx, who); err == nil {
			root, err = customer.Root(tx, who)
		}
		return err
	})
	if fault.KindOf(err) == fault.Invalid {
		wrong, err = err, nil
	}
	if err != nil || wrong != nil {
		if err == nil {
			return v.askEnter(wrong)
		}
		return v.used(err)
	}
	if v.me != 0 && v.me != root { // who was in here before has handed the browser on
		if err := v.leave(); err != nil {
			return err
		}
	}
	http.SetCookie(v.w, v.cookie(v.session(), token, member.Life))
	return v.to(next)
}

// used leads who is in already on where the link has been used: most likely by them, a moment ago.
func (v *visit) used(err error) error {
	if f := (*fault.Fault)(nil); v.me != 0 && errors.As(err, &f) && f.Code == "link_used" {
		return v.to("/my/")
	}
	return err
}

// welcome makes a member of who has shown that the e-mail is theirs. Of a customer who was known before, nothing is changed
// that is known already. Untied is why the code of a friend that they came by counts for nothing.
func (v *visit) welcome(tx *db.Tx, facts *intake.Intake, email string, said *member.Joining) (number int64, untied, err error) {
	id := customer.Identity{Kind: customer.Email, Value: email}
	p := customer.Profile{GivenName: said.GivenName, FamilyName: said.FamilyName, Language: v.l.Tag()}
	if p.Birthday, err = customer.ParseBirthday(said.Birthday); err != nil {
		return 0, nil, err
	}
	out, err := facts.Customer(tx, intake.Customer{Identities: []customer.Identity{id}, Profile: p})
	if err == nil {
		err = out.Err
	}
	if err != nil {
		return 0, nil, err
	}
	root, err := customer.Root(tx, out.Customer)
	if err != nil {
		return 0, nil, err
	}
	if _, err := facts.Enrol(tx, root, "web", "member pages", said.Agreed); err != nil || said.Ref == "" {
		return out.Customer, nil, err
	}
	_, err = facts.Referrals().Tie(tx, root, said.Ref)
	if k := fault.KindOf(err); k == fault.NotFound || k == fault.Conflict { // a member all the same
		return out.Customer, err, nil
	}
	return out.Customer, nil, err
}

func (v *visit) signOut() error {
	if err := v.leave(); err != nil {
		return err
	}
	http.SetCookie(v.w, v.cookie(v.session(), "", 0))
	return v.to("/my/")
}

// leave ends that somebody is signed in in this browser, and told there.
func (v *visit) leave() error {
	if err := v.leavePhone(); err != nil {
		return err
	}
	c, err := v.r.Cookie(v.session())
	if err != nil {
		return nil //nolint:nilerr // nobody was
	}
	return v.write(func(tx *db.Tx) error { return member.End(tx, c.Value) })
}
