package arch

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// chosenFromNothing is an INSERT of values that a SELECT without a table chooses, unless they are there. A cluster gives its
// parameters no type, or counts what was chosen instead of what was inserted.
var chosenFromNothing = regexp.MustCompile(`(?s)^\s*INSERT INTO .*\bSELECT\b.*\bON CONFLICT\b`)

// statements are the texts of a file that are put together of nothing but text.
func statements(s source) (all []*ast.BasicLit) {
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			all = append(all, l)
		}
		return true
	})
	return all
}

func choosesFromNothing(sql string) bool {
	return chosenFromNothing.MatchString(sql) && !strings.Contains(sql, "FROM")
}

func TestNoStatementFailsOnAClusterAlone(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		if s.test {
			continue
		}
		for _, l := range statements(s) {
			text, err := strconv.Unquote(l.Value)
			if err != nil {
				t.Fatal(err)
			}
			if choosesFromNothing(text) {
				t.Errorf("%s: INSERT ... SELECT of values without a table, with ON CONFLICT: on a cluster its parameters have no type, and it tells of a row that was not inserted; use VALUES, with the condition in Go", s.at(l))
			}
		}
	}
}

func TestStatementsThatFailOnAClusterAreFound(t *testing.T) {
	t.Parallel()
	for sql, wrong := range map[string]bool{
		"INSERT INTO a (b) SELECT $1 WHERE $2 = 0 ON CONFLICT DO NOTHING":          true,
		"\n\tINSERT INTO a (b)\n SELECT $1, 2\n ON CONFLICT (b) DO UPDATE SET b=1": true,
		"INSERT INTO a (b) VALUES ($1) ON CONFLICT DO NOTHING":                     false,
		"INSERT INTO a (b) SELECT c FROM d WHERE e = $1 ON CONFLICT DO NOTHING":    false,
		"INSERT INTO a (b) SELECT c FROM d":                                        false,
		"no INSERT INTO a SELECT 1 ON CONFLICT":                                    false,
	} {
		if got := choosesFromNothing(sql); got != wrong {
			t.Errorf("%q is found: %t, want %t", sql, got, wrong)
		}
	}
}
