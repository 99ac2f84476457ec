package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
	"regulars/internal/base/secret"
	"regulars/internal/record/schema"
)

// DoctorCmd looks at everything around the data that serving depends on.
type DoctorCmd struct {
	Place
	Mailing

	PublicURL string `help:"How others reach the server: asked whether it answers." name:"public-url" env:"REGULARS_PUBLIC_URL" placeholder:"URL"`
	KeyFile   string `help:"File of the key that secrets are sealed with." name:"key-file" env:"REGULARS_KEY_FILE" placeholder:"FILE" type:"path"`
}

// finding is what was found of one thing.
type finding struct {
	what string
	said string // what is so
	mend string // what to do; empty: nothing, it is well
	bad  bool   // it keeps the server from working, or data from being safe
}

func well(what, format string, args ...any) finding {
	return finding{what: what, said: fmt.Sprintf(format, args...)}
}

// Run looks, and says of each thing how it is and how to mend it. It changes nothing.
func (d *DoctorCmd) Run(c *Context) error {
	if d.Data == "" && d.Database == "" {
		d.Data = folder.Default
	}
	at, err := d.one()
	if err != nil {
		return err
	}
	var found []finding
	found = append(found, clock(c.Ctx))
	if at.Data != "" {
		found = append(found, disk(at.Data)...)
	}
	found = append(found, at.database(c.Ctx)...)
	found = append(found, d.key(at), d.mail(c.Ctx), d.public(c.Ctx))
	bad := 0
	for _, f := range found {
		if f.what == "" {
			continue
		}
		mark := "ok  "
		switch {
		case f.bad:
			mark = "BAD "
			bad++
		case f.mend != "":
			mark = "note"
		}
		if _, err := fmt.Fprintf(c.Stdout, "%s  %-14s %s\n", mark, f.what, harmless(f.said)); err != nil {
			return err
		}
		if f.mend != "" {
			if _, err := fmt.Fprintf(c.Stdout, "      %-14s -> %s\n", "", harmless(f.mend)); err != nil {
				return err
			}
		}
	}
	if bad > 0 {
		return fault.Unavailablef("%d of these must be mended before serving", bad)
	}
	return nil
}

// The program was not written before this year: a clock that says so is wrong.
const leastYear = 2026

// clock looks at the clock of the machine.
func clock(ctx context.Context) finding {
	now := time.Now().UTC()
	if now.Year() < leastYear {
		return finding{"clock", "the clock says " + now.Format(time.RFC1123), "set it, for example with timedatectl set-ntp true", true}
	}
	if set, known := clockIsKept(ctx); known && !set {
		return finding{"clock", "no time server keeps the clock right; it says " + now.Format("2006-01-02 15:04:05 UTC"), "switch one on, for example with timedatectl set-ntp true", false}
	}
	return well("clock", "it is %s", now.Format("2006-01-02 15:04:05 UTC"))
}

const (
	diskLeast = 1 << 30
	diskLow   = 5 << 30
)

// disk looks at the folder and the disk that it is on.
func disk(path string) (found []finding) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []finding{{"folder", "there is no folder " + path, "regulars serve makes it; or name the right one with --data", false}}
	case err != nil || !info.IsDir():
		return []finding{{"folder", path + " is no folder that can be read", "name another with --data", true}}
	case info.Mode().Perm()&0o077 != 0:
		found = append(found, finding{"folder", fmt.Sprintf("%s can be read by others (%v)", path, info.Mode().Perm()), "chmod 700 " + path, false})
	default:
		found = append(found, well("folder", "%s is its owner's alone", path))
	}
	if probe, err := os.CreateTemp(path, ".doctor-*"); err != nil {
		found = append(found, finding{"folder", path + " may not be written to", "give it to the user who runs regulars (chown), and look at the disk", true})
	} else {
		_ = errors.Join(probe.Close(), os.Remove(probe.Name())) // an empty file that nobody misses
	}
	free, known := freeBytes(path)
	switch {
	case !known:
	case free < diskLeast:
		found = append(found, finding{"disk", fmt.Sprintf("%.1f GB are free", float64(free)/1e9), "make room: nothing can be recorded on a full disk", true})
	case free < diskLow:
		found = append(found, finding{"disk", fmt.Sprintf("%.1f GB are free", float64(free)/1e9), "make room soon", false})
	default:
		found = append(found, well("disk", "%.1f GB are free", float64(free)/1e9))
	}
	return found
}

// database looks at the database as it is.
func (p Place) database(ctx context.Context) []finding {
	if p.Data != "" {
		if _, err := folder.Look(p.Data); fault.KindOf(err) == fault.NotFound {
			return []finding{well("database", "there is none yet; it is made when the server starts")}
		}
	}
	_, d, err := p.look(ctx)
	if err != nil {
		return []finding{{"database", err.Error(), "see that it runs, and that its address, user and password are right", true}}
	}
	defer d.Close() //nolint:errcheck // it was only read
	var version int64
	var ahead time.Duration
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		if version, err = tx.Schema(); err == nil && p.Data == "" {
			ahead, err = clockAhead(tx)
		}
		return err
	})
	found := []finding{}
	newest := schema.Newest()
	switch {
	case err != nil:
		return []finding{{"database", err.Error(), "see that it runs and may be read", true}}
	case version == 0:
		found = append(found, well("database", "%s is empty; tables are made when the server starts", p.name()))
	case version < newest:
		found = append(found, finding{"database", fmt.Sprintf("%s has schema %d, and this program %d", p.name(), version, newest), "make a backup; the server, or regulars migrate, brings it up to date", false})
	case version > newest:
		found = append(found, finding{"database", fmt.Sprintf("%s has schema %d, and this program knows %d", p.name(), version, newest), "install the newer program that wrote it", true})
	default:
		found = append(found, well("database", "%s answers, with schema %d", p.name(), version))
	}
	const apart = 5 * time.Second
	if ahead > apart || ahead < -apart {
		found = append(found, finding{"clock", fmt.Sprintf("the clock of the database is %v ahead of this one", ahead.Round(time.Second)), "keep both by a time server", false})
	}
	return found
}

// clockAhead is how far the clock of the server is ahead of ours.
func clockAhead(tx *db.Tx) (time.Duration, error) {
	var theirs int64
	err := tx.QueryRow("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)").Scan(&theirs)
	return time.Until(time.UnixMicro(theirs)), err
}

// key looks at the key file.
func (d *DoctorCmd) key(at Place) finding {
	path := keyFile(d.KeyFile, at)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return well("key file", "there is none yet; the server makes %s", path)
	case err != nil:
		return finding{"key file", path + " cannot be read", "give it to the user who runs regulars", true}
	case info.Mode().Perm()&0o077 != 0:
		return finding{"key file", path + " can be read by others", "chmod 600 " + path, false}
	}
	if _, err := secret.Load(path); err != nil {
		return finding{"key file", err.Error(), "put back the file that the server was started with; keep a copy of it apart from backups", true}
	}
	return well("key file", "%s is its owner's alone; keep a copy of it apart from backups", path)
}

// keyFile is where the key lies that secrets are sealed with.
func keyFile(named string, at Place) string {
	switch {
	case named != "":
		return named
	case at.Data != "":
		return (&folder.Folder{Path: at.Data}).Key()
	}
	return "regulars.key"
}

// mail signs in to the mail server.
func (d *DoctorCmd) mail(ctx context.Context) finding {
	server, err := d.server()
	switch {
	case err != nil:
		return finding{"mail", err.Error(), "mend the --smtp options, or the REGULARS_SMTP_ variables", true}
	case server == nil:
		return finding{"mail", "no mail server is named", "with --smtp-host and its like, invitations and reports are sent; without, links are shown in the console", false}
	}
	if err := server.Check(ctx); err != nil {
		return finding{"mail", err.Error(), "mend the --smtp options, or ask whoever runs the mail server", true}
	}
	return well("mail", "%s takes mail from %s", server.Host, server.From)
}

// public asks the public address whether a server of this program answers.
func (d *DoctorCmd) public(ctx context.Context) finding {
	const what = "public address"
	if d.PublicURL == "" {
		return finding{what, "none is named", "name it with --public-url when others than this machine are to reach the server", false}
	}
	u, err := url.Parse(d.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return finding{what, d.PublicURL + " is no address", "write it as https://loyalty.example.com", true}
	}
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(d.PublicURL, "/")+"/healthz", http.NoBody)
	if err != nil {
		return finding{what, d.PublicURL + " is no address", "write it as https://loyalty.example.com", true}
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return finding{what, fmt.Sprintf("%s does not answer: %v", d.PublicURL, errors.Unwrap(err)), "see that the server runs, and that name, proxy and firewall lead to it", true}
	}
	defer answer.Body.Close() //nolint:errcheck // it has been read
	const most = 4096
	text, _ := io.ReadAll(io.LimitReader(answer.Body, most)) // what is missing is no health
	var health struct{ Status string }
	if json.Unmarshal(text, &health) != nil || health.Status != "ok" {
		return finding{what, d.PublicURL + " answers, but not as this program does", "see that the proxy passes /healthz on to it", true}
	}
	if u.Scheme == "http" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" {
		return finding{what, d.PublicURL + " answers, in the open", "use HTTPS: keys and personal data go over it; --tls-cert and --tls-key, or a proxy", false}
	}
	return well(what, "%s answers", d.PublicURL)
}

// freeBytes is how much the disk of a folder has room for.
func freeBytes(path string) (free uint64, known bool) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return 0, false
	}
	return diskFree(abs)
}
