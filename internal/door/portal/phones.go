package portal

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/notice"
	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/web"
)

// phones is what a member sees of being told on their phones.
type phones struct {
	Key  string // by which a browser subscribes; empty: no phone can be switched on
	Lead string
	Told []string // of what
	All  []toldPhone
}

// toldPhone is one that is told.
type toldPhone struct{ ID, Device, Says string }

// toldOf is of what members are told, in their words.
func (v *visit) toldOf() []string {
	return []string{v.l.T("portal.phone.order"), v.l.T("portal.phone.expiring"), v.l.T("portal.phone.won"), v.l.T("portal.phone.gift")}
}

func (v *visit) phones(zone *time.Location) (*phones, error) {
	p := &phones{Lead: v.l.T("portal.phone.lead", v.name()), Told: v.toldOf()}
	if err := v.read(func(tx *db.Tx) error {
		p.All = nil
		members, err := customer.Members(tx, v.me)
		if err != nil {
			return err
		}
		all, err := notice.Phones(tx, members)
		for i := range all {
			o := &all[i]
			one := toldPhone{ID: o.PublicID(), Device: o.Device, Says: v.l.T("portal.phone.since", v.l.Date(o.Made.In(zone)))}
			if one.Device == "" {
				one.Device = v.l.T("portal.phone.unknown")
			}
			p.All = append(p.All, one)
		}
		return err
	}); err != nil {
		return nil, err
	}
	var err error
	if p.Key, err = v.pushKey(); err != nil || p.Key == "" && len(p.All) == 0 {
		return nil, err
	}
	return p, nil
}

// pushKey is the key by which a browser subscribes; empty: no phone can be switched on.
func (v *visit) pushKey() (string, error) {
	if _, built := web.Phone(); !built || v.settings.NoNotices {
		return "", nil
	}
	key, err := notice.Key(v.ctx, v.Store, v.Post.Box)
	if err != nil {
		return "", err
	}
	return key.Public() //nolint:wrapcheck // it says what it is about
}

func (v *visit) script(text string, built bool) error {
	if !built {
		return fault.Coded("no_page", fault.NotFoundf("the program was built without its scripts"))
	}
	v.w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	v.w.Header().Set("Cache-Control", "no-cache")
	_, _ = v.w.Write([]byte(text)) // who has gone needs no answer
	return nil
}

func (v *visit) phoneScript() error { return v.script(web.Phone()) }
func (v *visit) worker() error      { return v.script(web.MemberWorker()) }

// fromScript calls what the script of the switch asks for: who has been signed out is told so, and not shown a page.
func (v *visit) fromScript(do func() error) error {
	if v.me == 0 {
		return fault.Coded("not_signed_in", fault.Unknownf("nobody is signed in"))
	}
	return do()
}

const phoneCookie = "phone"

// addPhone has the member told on the phone that asks. That the switch was pressed is kept as a consent, with what was shown.
func (v *visit) addPhone() error {
	return v.fromScript(func() error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		if v.settings.NoNotices {
			return fault.Coded("notices_off", fault.Conflictf("nobody is told on their phone here"))
		}
		p := notice.Phone{PushTo: channel.PushTo{Endpoint: v.typed("endpoint"), Key: unbase(v.typed("p256dh")), Secret: unbase(v.typed("auth"))}, Language: v.l.Tag(), Device: device(v.r.UserAgent())}
		renews, before, cookie := v.r.PostForm.Has("before"), v.typed("before"), v.phoneHere()
		var id int64
		err = v.write(func(tx *db.Tx) error {
			members, err := customer.Members(tx, v.me)
			if err != nil {
				return err
			}
			if renews { // the browser has replaced it by itself: nobody has pressed anything
				id, err = notice.Renew(tx, members, p, v.Inside, func(o notice.Phone) bool {
					return o.Endpoint == before || before == "" && o.ID == cookie
				})
				return err
			}
			if id, err = notice.Add(tx, v.own, p, v.Inside); err != nil {
				return err
			}
			agreed, err := customer.Agreed(tx, members, notice.Channel, notice.Purpose)
			if err != nil || agreed {
				return err
			}
			out, err := facts.Consent(tx, customer.Numbered(v.me), v.noticeConsent(tx.Now, true))
			return errors.Join(err, out.Err)
		})
		if err != nil {
			return err
		}
		http.SetCookie(v.w, v.cookie(phoneCookie, strconv.FormatInt(id, 10), languageLife))
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

func (v *visit) noticeConsent(now time.Time, granted bool) customer.Consent {
	return customer.Consent{Channel: notice.Channel, Purpose: notice.Purpose, Granted: granted, Source: "member pages", Proof: v.Address(v.r).String(), Given: now,
		Wording: v.l.T("portal.phone.lead", v.name()) + "\n- " + strings.Join(v.toldOf(), "\n- ")}
}

func unbase(text string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil
	}
	return raw
}

// phoneState tells the script whether the phone that asks is told, and with which key one subscribes.
func (v *visit) phoneState() error {
	return v.fromScript(func() error {
		key, err := v.pushKey()
		if err != nil {
			return err
		}
		on := false
		if err := v.read(func(tx *db.Tx) error {
			members, err := customer.Members(tx, v.me)
			if err != nil {
				return err
			}
			all, err := notice.Phones(tx, members)
			if on = slices.ContainsFunc(all, func(o notice.Phone) bool { return o.Endpoint == v.typed("endpoint") }); err != nil || !on {
				return err
			}
			on, err = customer.Agreed(tx, members, notice.Channel, notice.Purpose)
			return err
		}); err != nil {
			return err
		}
		v.w.Header().Set("Content-Type", "application/json")
		return json.NewEncoder(v.w).Encode(map[string]any{"on": on && !v.settings.NoNotices, "key": key}) //nolint:wrapcheck // who has gone needs no answer
	})
}

// removePhone ends that a phone is told: the one that asks, by its endpoint, or one of the list, by its id.
func (v *visit) removePhone() error {
	if endpoint := v.typed("endpoint"); endpoint != "" {
		return v.fromScript(func() error {
			if err := v.forgetPhones(func(o notice.Phone) bool { return o.Endpoint == endpoint }); err != nil {
				return err
			}
			v.w.WriteHeader(http.StatusNoContent)
			return nil
		})
	}
	return v.signedIn(func() error {
		if err := v.forgetPhones(func(o notice.Phone) bool { return o.PublicID() == v.typed("phone") }); err != nil {
			return err
		}
		return v.to("/my/profile?saved=1#phone")
	})
}

// forgetPhones forgets phones of the member; with the last one the consent is taken back.
func (v *visit) forgetPhones(meant func(notice.Phone) bool) error {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	var members []int64
	if err := v.read(func(tx *db.Tx) (err error) { members, err = customer.Members(tx, v.me); return err }); err != nil {
		return err
	}
	// Those of each number of the person in a transaction of its own.
	removed, left := 0, 0
	for _, number := range members {
		var n, more int
		if err := v.write(func(tx *db.Tx) (err error) { n, more, err = notice.Remove(tx, []int64{number}, meant); return err }); err != nil {
			return err
		}
		removed, left = removed+n, left+more
	}
	if removed == 0 || left > 0 {
		return nil
	}
	return v.write(func(tx *db.Tx) error {
		if err := customer.HoldAny(tx, v.me); err != nil {
			return err
		}
		agreed, err := customer.Agreed(tx, members, notice.Channel, notice.Purpose)
		if err != nil || !agreed {
			return err
		}
		out, err := facts.Consent(tx, customer.Numbered(v.me), v.noticeConsent(tx.Now, false))
		return errors.Join(err, out.Err)
	})
}

// phoneHere is the number of the phone that asks, as its cookie has it; 0: it has none.
func (v *visit) phoneHere() int64 {
	c, err := v.r.Cookie(phoneCookie)
	if err != nil {
		return 0
	}
	return number(c.Value)
}

// leavePhone ends that the phone is told whose member signs out there: somebody else may hold it next.
func (v *visit) leavePhone() error {
	id := v.phoneHere()
	if id == 0 {
		return nil
	}
	http.SetCookie(v.w, v.cookie(phoneCookie, "", 0))
	if v.me == 0 {
		return nil
	}
	return v.forgetPhones(func(o notice.Phone) bool { return o.ID == id })
}

// Words in what browsers say of themselves: the first that is there counts.
var (
	systems  = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Macintosh", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}}
	browsers = [][2]string{{"SamsungBrowser/", "Samsung Internet"}, {"YaBrowser/", "Yandex"}, {"EdgA/", "Edge"}, {"Edg/", "Edge"}, {"OPR/", "Opera"}, {"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
)

// device is what a browser is, in two words that its owner knows it by.
func device(agent string) string {
	named := func(of [][2]string) string {
		if i := slices.IndexFunc(of, func(n [2]string) bool { return strings.Contains(agent, n[0]) }); i >= 0 {
			return of[i][1]
		}
		return ""
	}
	return strings.Trim(named(systems)+" · "+named(browsers), " ·")
}
