package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"regulars/internal/base/fault"
)

//go:embed messages/*.json
var files embed.FS

// Locale is one language: its messages and its ways of writing numbers, money and dates.
type Locale struct {
	tag      string
	style    *style
	messages map[string]string
}

// Tags lists the languages there are, English first.
func Tags() []string { return []string{"en", "ru", "zh", "el", "mk"} }

// Get is the locale of a tag: en, ru, zh, el or mk. Its messages are read once.
func Get(tag string) (*Locale, error) {
	st := styleOf(tag)
	if st == nil {
		return nil, fault.Invalidf("there is no language %q here; choose one of %s", tag, strings.Join(Tags(), ", "))
	}
	messages, err := catalogues[tag]()
	if err != nil {
		return nil, err
	}
	return &Locale{tag: tag, style: st, messages: messages}, nil
}

var catalogues = func() map[string]func() (map[string]string, error) {
	all := map[string]func() (map[string]string, error){}
	for _, tag := range Tags() {
		all[tag] = sync.OnceValues(func() (map[string]string, error) { return load(tag) })
	}
	return all
}()

// load merges all topics of a language. That no key stands in two topics is for the tests to see.
func load(tag string) (map[string]string, error) {
	names, err := fs.Glob(files, "messages/*."+tag+".json")
	if err != nil {
		return nil, err
	}
	merged := make(map[string]string)
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(raw, &merged); err != nil {
			return nil, fmt.Errorf("messages %s: %w", path.Base(name), err)
		}
	}
	return merged, nil
}

// Tag is the language's short code, as given to Get.
func (l *Locale) Tag() string { return l.tag }

// Name is the language's own name for itself.
func (l *Locale) Name() string { return l.style.name }
