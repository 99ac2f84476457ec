package page

import (
	"html/template"
	"io/fs"
	"path"
	"strings"

	"regulars/internal/base/locale"
)

// Set is the pages of a door in every language, and their style sheet. What it shows is not changed by showing it, so that
// one of a process is enough.
type Set struct {
	Locales map[string]*locale.Locale
	Pages   map[string]map[string]*template.Template // language -> page
	Style   []byte
}

// Read reads the pages of html/*.gohtml, those of parts beside each of them, and a style sheet that goes on from the shared
// one. T is a text of the language.
func Read(files fs.FS, style string, parts ...string) (*Set, error) {
	s := &Set{Locales: map[string]*locale.Locale{}, Pages: map[string]map[string]*template.Template{}}
	for _, tag := range locale.Tags() {
		l, err := locale.Get(tag)
		if err != nil {
			return nil, err
		}
		s.Locales[tag], s.Pages[tag] = l, map[string]*template.Template{}
	}
	paths, err := fs.Glob(files, "html/*.gohtml") // the parts, which are no pages, do no harm as such
	if err != nil {
		return nil, err
	}
	for _, from := range paths {
		name := strings.TrimSuffix(path.Base(from), ".gohtml")
		// Read once: to copy what was read is a fraction of the work.
		read, err := template.New(name).Funcs(template.FuncMap{"T": func(string, ...any) string { return "" }}).ParseFS(files, append(parts, from)...)
		if err != nil {
			return nil, err
		}
		for tag, l := range s.Locales {
			own, err := read.Clone()
			if err != nil {
				return nil, err
			}
			s.Pages[tag][name] = own.Funcs(template.FuncMap{"T": l.T})
		}
	}
	shared, err := StyleSheet()
	if err != nil {
		return nil, err
	}
	own, err := fs.ReadFile(files, style)
	if err != nil {
		return nil, err
	}
	s.Style = append([]byte(shared), own...)
	return s, nil
}
