package console

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

const codesMost = 1 << 20 // bytes of a list

// stock is what the form of how many are left is made from.
type stock struct {
	Version int64
	Left    *int64
}

func (v *visit) leftForm(s *reward.Stored) (*form, error) {
	value := ""
	if s.Left != nil {
		value = strconv.FormatInt(*s.Left, 10)
	}
	f := &form{Action: rewardsAt + "/" + s.Reward.Reward + "/left", Button: v.l.T("settings.save"), Groups: []group{{Fields: []field{
		{Name: "left", Label: v.l.T("rewards.left"), Help: v.l.T("rewards.left.help"), Value: value, Mode: "numeric", Optional: true}}}}}
	var err error
	f.Hidden, err = v.brought(stock{s.Version, s.Left})
	return f, err
}

// restock says how many are left.
func (v *visit) restock() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			var left *int64
			text := strings.Join(strings.Fields(v.typed("left")), "")
			err := error(nil)
			if text != "" {
				var n int64
				if n, err = strconv.ParseInt(text, 10, 64); err != nil {
					err = fault.In("left", fault.Coded("no_whole_number", fault.Invalidf("%.20q is no whole number", text)))
				}
				const most = 1_000_000_000
				if err == nil && (n < 0 || n > most) {
					err = fault.OutOfRange("left", 0, most, n)
				}
				left = &n
			}
			if err == nil {
				err = v.write(func(tx *db.Tx) error {
					s, err := reward.Restock(tx, v.r.PathValue("reward"), left, func(s *reward.Stored) error { return v.unchanged(stock{s.Version, s.Left}) })
					if err != nil {
						return err
					}
					return account.Record(tx, account.Entry{Actor: by, Action: "reward.saved", Target: "reward:" + s.Reward.Reward, Fields: []string{"left"}, Count: 1, Request: by.Request})
				})
			}
			if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
				return v.oneReward(by, err)
			}
			if err != nil {
				return err
			}
			return v.leave(rewardsAt + "/" + v.r.PathValue("reward") + "?done=saved")
		})
	})
}

func (v *visit) codesForm(s *reward.Stored) *form {
	return &form{Action: rewardsAt + "/" + s.Reward.Reward + "/codes", Hidden: keyed(), Files: true, Button: v.l.T("rewards.codes.add"), Groups: []group{{Fields: []field{
		{Name: "codes", Label: v.l.T("rewards.codes.list"), Help: v.l.T("rewards.codes.list.help", v.l.Integer(reward.MostCodes)), Type: "textarea", Optional: true},
		{Name: "file", Label: v.l.T("rewards.codes.file"), Help: v.l.T("rewards.codes.file.help"), Type: "file", Optional: true}}}}}
}

// addCodes puts codes into the pool, typed or from a file. Those that are there already are passed over, and told.
func (v *visit) addCodes() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		codes, err := v.typedCodes()
		if err != nil {
			return v.notAdded(by, codes, err)
		}
		v.r.PostForm.Set("content", strings.Join(codes, "\n")) // by which it is the same form, the file included
		return v.once(by, func() error {
			name := v.r.PathValue("reward")
			var added int64
			if err := v.write(func(tx *db.Tx) (err error) {
				if added, err = reward.AddCodes(tx, name, codes); err != nil {
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: "reward.codes_added", Target: "reward:" + name, Count: added, Request: by.Request})
			}); err != nil {
				return v.notAdded(by, codes, err)
			}
			return v.leave(fmt.Sprintf("%s/%s?added=%d&passed=%d", rewardsAt, name, added, int64(len(codes))-added))
		})
	})
}

// notAdded shows the reward again, with what is wrong with its codes.
func (v *visit) notAdded(by account.Actor, codes []string, err error) error {
	if k := fault.KindOf(err); k == fault.Invalid || k == fault.Conflict {
		return v.oneReward(by, wrongCode(codes, err))
	}
	return err
}

// typedCodes are the codes of the form.
func (v *visit) typedCodes() ([]string, error) {
	if err := v.r.ParseMultipartForm(codesMost); err != nil {
		return nil, fault.In("codes", fault.Coded("form_too_large", fault.Invalidf("the list holds more than it can")))
	}
	codes := codesIn(v.typed("codes"))
	if file, _, err := v.r.FormFile("file"); err == nil {
		more, err := io.ReadAll(file)
		err = errors.Join(err, file.Close())
		if err != nil {
			return nil, fault.In("file", fault.Coded("form_too_large", fault.Invalidf("the file cannot be read: %w", err)))
		}
		codes = append(codes, codesIn(string(more))...)
	}
	switch {
	case len(codes) == 0:
		return nil, fault.In("codes", fault.Coded("required", fault.Invalidf("write a code a line, or choose a file")))
	case len(codes) > reward.MostCodes:
		return nil, fault.In("codes", fault.Coded("too_many_codes", fault.Invalidf("%s", v.l.Integer(reward.MostCodes))))
	}
	return codes, nil
}

// codeHeads are what the column of codes is called in lists, which is no code.
var codeHeads = []string{"code", "codes", "coupon", "coupon code", "voucher", "voucher code", "promo code", "promocode",
	"код", "коды", "промокод", "代码", "兑换码", "优惠码", "κωδικός", "κωδικοί", "кодови"}

// codesIn are the codes of a list: one a line, and of a line with several columns the first.
func codesIn(text string) (codes []string) {
	for line := range strings.FieldsFuncSeq(strings.TrimPrefix(text, "\ufeff"), func(r rune) bool { return r == '\n' || r == '\r' }) {
		if at := strings.IndexAny(line, ",;\t"); at >= 0 {
			line = line[:at]
		}
		if line = strings.Trim(strings.TrimSpace(line), `"`); line != "" && (len(codes) > 0 || !slices.Contains(codeHeads, strings.ToLower(line))) {
			codes = append(codes, line)
		}
	}
	return codes
}

// wrongCode names the code that is none, as it was written.
func wrongCode(codes []string, err error) error {
	var at int
	if n, failed := fmt.Sscanf(fieldOf(err), "codes[%d]", &at); n != 1 || failed != nil || at >= len(codes) {
		return err
	}
	return fault.In("codes", fault.Coded("bad_code", fault.Invalidf("%.60s", codes[at])))
}

// doneCodes is what was done just now: saved, or how many codes were new.
func (v *visit) doneCodes() string {
	q := v.r.URL.Query()
	if !q.Has("added") {
		return v.done()
	}
	text := v.l.P("rewards.codes.added", number(q.Get("added")))
	if passed := number(q.Get("passed")); passed > 0 {
		text += " " + v.l.P("rewards.codes.passed", passed)
	}
	return text
}
