package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the import path of this module.
const module = "regulars"

// source is one Go file: enough of it to judge.
type source struct {
	path    string // slash-separated, from the repository's root
	text    string
	syntax  *ast.File
	files   *token.FileSet
	imports []string
	test    bool
}

// pkg is the folder of the file from the root: "internal/base/stats", or "." for main.go.
func (s source) pkg() string { return path.Dir(s.path) }

// lines counts as an editor does.
func (s source) lines() int { return strings.Count(strings.TrimSuffix(s.text, "\n"), "\n") + 1 }

// at says where a piece of syntax is.
func (s source) at(n ast.Node) string {
	return s.path + ":" + strconv.Itoa(s.files.Position(n.Pos()).Line)
}

// parse reads one file; a file that does not parse is the compiler's to complain about, so it is only an error here.
func parse(name, text string) (source, error) {
	files := token.NewFileSet()
	syntax, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return source{}, err
	}
	s := source{path: name, text: text, syntax: syntax, files: files, test: strings.HasSuffix(name, "_test.go")}
	for _, imported := range syntax.Imports {
		to, err := strconv.Unquote(imported.Path.Value)
		if err != nil {
			return source{}, err
		}
		s.imports = append(s.imports, to)
	}
	return s, nil
}

// tree reads all Go files of the repository, in the order of their paths.
func tree(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	err := filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		skipped := []string{"testdata", "node_modules", "dist", ".git", ".cache", "bin", "demo"}
		if entry.IsDir() && slices.Contains(skipped, entry.Name()) {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(at) != ".go" {
			return nil
		}
		text, err := os.ReadFile(at)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, at)
		if err != nil {
			return err
		}
		s, err := parse(filepath.ToSlash(name), string(text))
		all = append(all, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("only %d Go files found from %s: the tests of the house look in the wrong place", len(all), root)
	}
	return all
}

// made is a tree written in a test: path -> the paths it imports.
func made(t *testing.T, imports map[string][]string) []source {
	t.Helper()
	var all []source
	for name, list := range imports {
		text := "package p\n"
		for _, to := range list {
			text += "import _ " + strconv.Quote(to) + "\n"
		}
		s, err := parse(name, text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b source) int { return strings.Compare(a.path, b.path) })
	return all
}
