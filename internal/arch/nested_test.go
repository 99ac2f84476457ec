package arch

import (
	"go/ast"
	"strings"
	"testing"
)

// opens tells whether a call reads from a store or writes to it in a transaction of its own.
func opens(c *ast.CallExpr) bool {
	f, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || len(c.Args) == 0 {
		return false
	}
	lit, ok := c.Args[len(c.Args)-1].(*ast.FuncLit)
	if !ok || len(lit.Type.Params.List) != 1 {
		return false
	}
	pointer, ok := lit.Type.Params.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	of, ok := pointer.X.(*ast.SelectorExpr)
	return ok && of.Sel.Name == "Tx" && (f.Sel.Name == "read" || f.Sel.Name == "write" || f.Sel.Name == "Read" || f.Sel.Name == "Write")
}

// called is the name of a method of the same visit that a call calls; empty: it calls something else.
func called(c *ast.CallExpr, receiver string) string {
	if f, ok := c.Fun.(*ast.SelectorExpr); ok {
		if of, ok := f.X.(*ast.Ident); ok && of.Name == receiver {
			return f.Sel.Name
		}
	}
	return ""
}

// nested lists calls, inside a transaction, of methods that begin one of their own: with as many of them at once as there are
// readers, each waits for a reader that another one holds, for ever.
func nested(all []source) (found []string) {
	type method struct {
		s        source
		receiver string
		body     *ast.BlockStmt
		calls    []string
	}
	packages := map[string]map[string]*method{} // of methods of visit
	beginning := map[string]map[string]bool{}
	for _, s := range all {
		if s.test || !strings.HasPrefix(s.pkg(), "internal/door/") {
			continue
		}
		for _, d := range s.syntax.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Body == nil || len(f.Recv.List[0].Names) == 0 {
				continue
			}
			if packages[s.pkg()] == nil {
				packages[s.pkg()], beginning[s.pkg()] = map[string]*method{}, map[string]bool{}
			}
			m := &method{s: s, receiver: f.Recv.List[0].Names[0].Name, body: f.Body}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if c, ok := n.(*ast.CallExpr); ok {
					if opens(c) {
						beginning[s.pkg()][f.Name.Name] = true
					}
					m.calls = append(m.calls, called(c, m.receiver))
				}
				return true
			})
			packages[s.pkg()][f.Name.Name] = m
		}
	}
	for pkg, methods := range packages {
		for grown := true; grown; {
			grown = false
			for name, m := range methods {
				for _, c := range m.calls {
					if beginning[pkg][c] && !beginning[pkg][name] {
						beginning[pkg][name], grown = true, true
					}
				}
			}
		}
		for _, m := range methods {
			ast.Inspect(m.body, func(n ast.Node) bool {
				outer, ok := n.(*ast.CallExpr)
				if !ok || !opens(outer) {
					return true
				}
				ast.Inspect(outer.Args[len(outer.Args)-1], func(n ast.Node) bool {
					if c, ok := n.(*ast.CallExpr); ok && (opens(c) || beginning[pkg][called(c, m.receiver)]) {
						found = append(found, m.s.at(c)+": a transaction is begun inside another one")
					}
					return true
				})
				return true
			})
		}
	}
	return found
}

func TestNoTransactionBeginsInsideAnother(t *testing.T) {
	t.Parallel()
	for _, fault := range nested(tree(t)) {
		t.Error(fault)
	}
}

func TestTransactionsInsideAnotherAreFound(t *testing.T) {
	t.Parallel()
	const head = "package x\ntype visit struct{}\nfunc (v *visit) name() { v.read(func(tx *db.Tx) error { return nil }) }\nfunc (v *visit) title() { v.name() }\nfunc (v *visit) word() {}\n"
	for body, wrong := range map[string]bool{
		"v.title(); v.read(func(tx *db.Tx) error { v.word(); return nil })":                                             false,
		"v.read(func(tx *db.Tx) error { v.title(); return nil })":                                                       true,
		"v.write(func(tx *db.Tx) error { v.name(); return nil })":                                                       true,
		"v.write(func(tx *db.Tx) error { return v.Store.Read(v.ctx, func(tx *db.Tx) error { return nil }) })":           true,
		"v.read(func(tx *db.Tx) error { return nil }); v.write(func(tx *db.Tx) error { other(func() {}); return nil })": false,
	} {
		s, err := parse("internal/door/x/a.go", head+"func (v *visit) page() { "+body+" }\n")
		if err != nil {
			t.Fatal(err)
		}
		if got := len(nested([]source{s})) > 0; got != wrong {
			t.Errorf("%s is found: %t, want %t", body, got, wrong)
		}
	}
}
