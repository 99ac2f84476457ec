package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/record/backup"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
)

// safe is the page about backups.
type safe struct {
	Said    string
	None    bool // backups are not kept here
	Form    form
	Hidden  []hidden // of the form that has one made
	Kept    []keptBackup
	Making  bool
	Failed  string // why the last could not be made
	Restore string // the command
}

type keptBackup struct{ Name, When, Size string }

func (v *visit) showBackups() error {
	return v.allowed(account.AccessManage, func(account.Actor) error { return v.backups(nil) })
}

func (v *visit) backups(wrong error) error {
	page := safe{Said: v.done(), None: v.Backups == nil, Restore: "regulars restore FILE --data DIR"}
	lead := v.l.T("backups.lead")
	if page.None {
		return v.show(http.StatusOK, "backups", sheet{Title: v.l.T("console.backups.title"), Lead: lead, Content: page})
	}
	var k backup.Keeping
	var b business.Business
	var last []job.Record
	err := v.read(func(tx *db.Tx) (err error) {
		if k, err = backup.LoadKeeping(tx); err != nil {
			return err
		}
		if b, err = business.Load(tx); err != nil {
			return err
		}
		last, err = job.List(tx, job.Filter{Kind: backup.Kind}, 0, 1)
		return err
	})
	if err != nil {
		return err
	}
	if len(last) > 0 {
		page.Making = last[0].State == job.Waiting || last[0].State == job.Running
		if last[0].Error != "" && last[0].State != job.Done {
			page.Failed = last[0].Error
		}
	}
	all, err := v.Backups.List()
	if err != nil {
		return err
	}
	for _, one := range all {
		at := one.Made.In(zoneOf(b))
		page.Kept = append(page.Kept, keptBackup{one.Name, v.l.Date(at) + " " + at.Format("15:04"), v.megabytes(one.Bytes)})
	}
	page.Form, page.Hidden = v.backupsForm(k), keyed()
	s, status := sheet{Title: v.l.T("console.backups.title"), Lead: lead}, http.StatusOK
	if wrong != nil {
		status = v.status(wrong)
		s.Problems = []problem{v.wronged(&page.Form, wrong)}
	}
	v.fillForm(&page.Form, false)
	if page.Making {
		v.w.Header().Set("Refresh", "3")
	}
	s.Content = page
	return v.show(status, "backups", s)
}

func (v *visit) backupsForm(k backup.Keeping) form {
	nightly := field{Name: "nightly", Label: v.l.T("backups.nightly"), Type: "tick"}
	if k.Nightly {
		nightly.Value = "yes"
	}
	return form{Action: "/backups", Button: v.l.T("settings.save"), Hidden: keyed(), Groups: []group{{Fields: []field{
		nightly, {Name: "keep", Label: v.l.T("backups.keep"), Help: v.l.T("backups.keep.help"), Value: strconv.Itoa(k.Keep), Mode: "numeric"},
	}}}}
}

// megabytes writes a size; less than a tenth is a tenth.
func (v *visit) megabytes(size int64) string {
	const mega, tenth = 1e6, 0.1
	return v.l.T("backups.size", v.l.Number(max(float64(size)/mega, tenth), 1), "MB")
}

func (v *visit) saveBackups() error {
	return v.allowed(account.AccessManage, func(by account.Actor) error {
		if v.Backups == nil {
			return v.backups(nil)
		}
		return v.once(by, func() error {
			k := backup.Keeping{Nightly: v.typed("nightly") != ""}
			err := v.typedWhole("keep", &k.Keep)
			if err == nil {
				err = v.write(func(tx *db.Tx) error {
					if err := k.Save(tx); err != nil {
						return err
					}
					return account.Record(tx, account.Entry{Actor: by, Action: "backups.set", Target: "backups", Fields: []string{"keep", "nightly"}, Count: 1, Request: by.Request})
				})
			}
			if err != nil {
				return v.backups(err)
			}
			return v.leave("/backups?done=saved")
		})
	})
}

func (v *visit) makeBackup() error {
	return v.allowed(account.AccessManage, func(by account.Actor) error {
		if v.Backups == nil {
			return v.backups(nil)
		}
		return v.once(by, func() error {
			err := v.write(func(tx *db.Tx) error {
				id, err := backup.Ask(tx)
				if err != nil {
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: "backup.asked", Target: fact.PublicID(jobPrefix, id), Count: 1, Request: by.Request})
			})
			if err != nil {
				return err
			}
			return v.leave("/backups")
		})
	})
}

// giveBackup sends one to be kept elsewhere. It holds everything, so the trail tells who took it.
func (v *visit) giveBackup() error {
	return v.allowed(account.AccessManage, func(by account.Actor) (err error) {
		if v.Backups == nil {
			return v.backups(nil)
		}
		name := v.r.PathValue("name")
		f, err := v.Backups.Open(name)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // it was only read
		if err := v.write(func(tx *db.Tx) error {
			return account.Record(tx, account.Entry{Actor: by, Action: "backup.downloaded", Target: "backup:" + strings.TrimSuffix(name, ".backup"), Count: 1, Request: by.Request})
		}); err != nil {
			return err
		}
		v.w.Header().Set("Content-Type", "application/zstd")
		v.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		v.w.Header().Set("Cache-Control", "no-store")
		http.ServeContent(v.w, v.r, "", time.Time{}, f)
		return nil
	})
}
