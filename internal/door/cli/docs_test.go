package cli_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"regulars/internal/measure/report"
)

// TestEveryFieldOfTheReportIsDocumented keeps docs/report-json.md complete, and free of fields that are gone.
func TestEveryFieldOfTheReportIsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "report-json.md"))
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]bool{}
	collect(reflect.TypeFor[report.Picture](), fields)
	if len(fields) < 50 {
		t.Fatalf("only %d fields found: the test looks in the wrong place", len(fields))
	}
	written := map[string]bool{}
	for _, m := range regexp.MustCompile("`([a-z][a-z0-9_]*)`").FindAllStringSubmatch(string(text), -1) {
		written[m[1]] = true
	}
	for field := range fields {
		if !written[field] {
			t.Errorf("docs/report-json.md does not mention `%s`", field)
		}
	}
	// In its tables, the first cell of a row names fields and nothing else.
	for _, row := range regexp.MustCompile(`(?m)^\| (.*?) \|`).FindAllStringSubmatch(string(text), -1) {
		for _, m := range regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(row[1], -1) {
			if !fields[m[1]] {
				t.Errorf("docs/report-json.md documents `%s`, which the report has not", m[1])
			}
		}
	}
}

// collect gathers the JSON names of a type and of all types within it.
func collect(t reflect.Type, into map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		collect(t.Elem(), into)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" || !f.IsExported() && !f.Anonymous {
				continue
			}
			if name != "" {
				into[name] = true
			}
			collect(f.Type, into)
		}
	default:
	}
}
