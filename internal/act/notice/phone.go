package notice

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/locale"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// Phone is a browser on which a member wants to be told.
type Phone struct {
	channel.PushTo

	Customer int64
	ID       int64
	Language string // of the page on which the switch was pressed
	Device   string // what it is, in a few words: Android, iPhone ...
	Made     time.Time
	Told     time.Time // last; zero: never
	Failures int64     // notices in a row that did not reach it
}

// prefix begins the public ids of phones, with their customer.
const prefix fact.Prefix = "phn"

// PublicID is what people know the phone by.
func (p *Phone) PublicID() string { return fact.PublicID(prefix, p.ID, p.Customer) }

const (
	// PhonesMost is how many phones a person has.
	PhonesMost    = 10
	longestDevice = 60
)

func hashOf(endpoint string) string {
	sum := sha256.Sum256([]byte(endpoint))
	return hex.EncodeToString(sum[:])
}

// Add keeps a phone of a customer; one of the person that is there already is kept as it is named now. Who else was told on that
// browser is not any more. It gives the number of the phone. Where two were merged it is the one's whose number is given, and stays
// with them when that is undone.
func Add(tx *db.Tx, number int64, p Phone, allow []netip.Prefix) (id int64, err error) {
	if err := p.tidy(allow); err != nil {
		return 0, err
	}
	if err := customer.HoldAny(tx, number); err != nil { // so that the limit holds
		return 0, err
	}
	root, err := customer.Root(tx, number)
	if err != nil {
		return 0, err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return 0, err
	}
	mine, err := Phones(tx, members)
	if err != nil {
		return 0, err
	}
	if i := slices.IndexFunc(mine, func(o Phone) bool { return o.Endpoint == p.Endpoint }); i >= 0 {
		return mine[i].ID, mine[i].becomes(tx, &p)
	}
	if len(mine) >= PhonesMost {
		return 0, fault.Coded("phones_full", fault.Conflictf("there are %d phones already; turn one off first", len(mine)))
	}
	id = job.NewID(tx.Now)
	if err := claim(tx, p.Endpoint, number, id); err != nil {
		return 0, err
	}
	_, err = tx.Exec(`INSERT INTO push_phones (customer_id, phone_id, endpoint, public_key, secret, language, device, made_us, told_us, failures)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)`, number, id, p.Endpoint, p.Key, p.Secret, p.Language, p.Device, tx.Now)
	return id, err
}

// Renew keeps a phone of a person as its browser names itself now, which has replaced what it was by itself. It is the one that
// is meant, or the one that is known by the new name already: a browser may say so twice.
func Renew(tx *db.Tx, members []int64, p Phone, allow []netip.Prefix, meant func(Phone) bool) (id int64, err error) {
	if err := p.tidy(allow); err != nil {
		return 0, err
	}
	mine, err := Phones(tx, members)
	if err != nil {
		return 0, err
	}
	named := slices.IndexFunc(mine, func(o Phone) bool { return o.Endpoint == p.Endpoint })
	i := slices.IndexFunc(mine, func(o Phone) bool { return o.Endpoint != p.Endpoint && meant(o) })
	switch {
	case named >= 0:
		if i >= 0 {
			if err := mine[i].remove(tx); err != nil {
				return 0, err
			}
		}
		return mine[named].ID, mine[named].becomes(tx, &p)
	case i < 0:
		return 0, fault.NotFoundf("there is no such phone")
	}
	old := &mine[i]
	if err := old.becomes(tx, &p); err != nil {
		return 0, err
	}
	if err := old.letGo(tx, old.Endpoint); err != nil {
		return 0, err
	}
	return old.ID, claim(tx, p.Endpoint, old.Customer, old.ID)
}

// tidy refuses what no browser says of itself, and leaves out what is not to be kept.
func (p *Phone) tidy(allow []netip.Prefix) error {
	if err := p.Check(allow); err != nil {
		return err
	}
	if !slices.Contains(locale.Tags(), p.Language) {
		p.Language = ""
	}
	if p.Device = strings.ToValidUTF8(strings.ReplaceAll(p.Device, "\x00", ""), ""); utf8.RuneCountInString(p.Device) > longestDevice {
		p.Device = string([]rune(p.Device)[:longestDevice])
	}
	return nil
}

// becomes keeps what a phone that is there says of itself now.
func (p *Phone) becomes(tx *db.Tx, now *Phone) error {
	n, err := tx.Exec(`UPDATE push_phones SET endpoint = $1, public_key = $2, secret = $3, language = $4, device = $5, failures = 0
		WHERE customer_id = $6 AND phone_id = $7 AND endpoint = $8`, now.Endpoint, now.Key, now.Secret, now.Language, now.Device, p.Customer, p.ID, p.Endpoint)
	if err == nil && n == 0 {
		err = db.ErrRestart // it was turned off at the same moment, or has become another
	}
	return err
}

// claim makes an endpoint lead to a phone, whoever it led to before.
func claim(tx *db.Tx, endpoint string, number, id int64) error {
	_, err := tx.Exec(`INSERT INTO push_endpoints (hash, customer_id, phone_id) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET customer_id = excluded.customer_id, phone_id = excluded.phone_id`, hashOf(endpoint), number, id)
	return err
}

// Phones are those of a person, by all numbers of theirs, the first one first. What another person uses by now is not among them.
func Phones(tx *db.Tx, members []int64) ([]Phone, error) {
	all, err := rows(tx, members)
	if err != nil {
		return nil, err
	}
	var failed error
	all = slices.DeleteFunc(all, func(p Phone) bool {
		owned, err := p.owned(tx)
		failed = errors.Join(failed, err)
		return !owned
	})
	slices.SortFunc(all, func(a, b Phone) int { return cmp.Or(a.Made.Compare(b.Made), cmp.Compare(a.ID, b.ID)) })
	return all, failed
}

// rows are the phones as they are kept, also those whose endpoint another person uses by now.
func rows(tx *db.Tx, members []int64) (all []Phone, err error) {
	for _, number := range members {
		found, err := tx.Query(`SELECT phone_id, endpoint, public_key, secret, language, device, made_us, told_us, failures FROM push_phones
			WHERE customer_id = $1`, number)
		if err != nil {
			return nil, err
		}
		for found.Next() {
			p := Phone{Customer: number}
			var told int64
			if err := found.Scan(&p.ID, &p.Endpoint, &p.Key, &p.Secret, &p.Language, &p.Device, &p.Made, &told, &p.Failures); err != nil {
				return nil, err
			}
			if told != 0 {
				p.Told = time.UnixMicro(told)
			}
			all = append(all, p)
		}
		if err := found.Close(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// sweep forgets the phones of a person that another one uses by now. That one could not: a transaction writes of one customer.
func sweep(tx *db.Tx, members []int64) error {
	all, err := rows(tx, members)
	for i := range all {
		owned, wrong := all[i].owned(tx)
		if wrong == nil && !owned {
			wrong = all[i].remove(tx)
		}
		err = errors.Join(err, wrong)
	}
	return err
}

// owned tells whether the endpoint is this phone's still.
func (p *Phone) owned(tx *db.Tx) (bool, error) {
	var who, id int64
	err := tx.QueryRow("SELECT customer_id, phone_id FROM push_endpoints WHERE hash = $1", hashOf(p.Endpoint)).Scan(&who, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return who == p.Customer && id == p.ID, err
}

// load reads one phone; ok is false where it is gone.
func load(tx *db.Tx, number, id int64) (p Phone, ok bool, err error) {
	all, err := Phones(tx, []int64{number})
	i := slices.IndexFunc(all, func(p Phone) bool { return p.ID == id })
	if err != nil || i < 0 {
		return p, false, err
	}
	return all[i], true, nil
}

// remove forgets the phone, and the endpoint by which it goes at this moment, where that is this one's still.
func (p *Phone) remove(tx *db.Tx) error {
	var endpoint string
	err := tx.QueryRow("DELETE FROM push_phones WHERE customer_id = $1 AND phone_id = $2 RETURNING endpoint", p.Customer, p.ID).Scan(&endpoint)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.letGo(tx, endpoint)
}

// letGo ends that an endpoint leads to the phone. It is written over first, which waits for whoever has just made it do so: in a cluster
// the phone, on one machine, may be seen as it is now before the endpoint, on another, is.
func (p *Phone) letGo(tx *db.Tx, endpoint string) error {
	_, err := tx.Exec(`INSERT INTO push_endpoints (hash, customer_id, phone_id) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET phone_id = push_endpoints.phone_id`, hashOf(endpoint), p.Customer, p.ID)
	if err != nil {
		return err
	}
	_, err = tx.Exec("DELETE FROM push_endpoints WHERE hash = $1 AND customer_id = $2 AND phone_id = $3", hashOf(endpoint), p.Customer, p.ID)
	return err
}

// Remove forgets the phones of a person that are meant, and tells how many there were and how many are left.
func Remove(tx *db.Tx, members []int64, meant func(Phone) bool) (removed, left int, err error) {
	all, err := Phones(tx, members)
	if err != nil {
		return 0, 0, err
	}
	for i := range all {
		if !meant(all[i]) {
			continue
		}
		if err := all[i].remove(tx); err != nil {
			return 0, 0, err
		}
		removed++
	}
	return removed, len(all) - removed, nil
}

// Forget takes away all phones of one number.
func Forget(tx *db.Tx, number int64) error {
	all, err := rows(tx, []int64{number})
	for i := range all {
		err = errors.Join(err, all[i].remove(tx))
	}
	return err
}

// after is the customers with phones behind a number, in order.
func after(tx *db.Tx, number int64, most int) (all []int64, err error) {
	found, err := tx.Query("SELECT DISTINCT customer_id FROM push_phones WHERE customer_id > $1 ORDER BY customer_id LIMIT $2", number, most)
	if err != nil {
		return nil, err
	}
	for found.Next() {
		var who int64
		if err := found.Scan(&who); err != nil {
			return nil, err
		}
		all = append(all, who)
	}
	return all, found.Close()
}

// anyPhone tells whether a person has a phone, by all numbers of theirs.
func anyPhone(tx *db.Tx, members []int64) (bool, error) {
	for _, number := range members {
		var there bool
		if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM push_phones WHERE customer_id = $1)", number).Scan(&there); err != nil || there {
			return there, err
		}
	}
	return false, nil
}
