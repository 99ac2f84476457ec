package api_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"regulars/internal/door/api"
)

func TestTheDescriptionIsWhole(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	status, head, body := s.call(request{method: "GET", path: "/v1/openapi.json", noKey: true})
	if status != 200 || head.Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("%d %v", status, head)
	}
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID, Summary string
			Responses            map[string]any
		}
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(body, &doc); err != nil || doc.OpenAPI[:3] != "3.1" {
		t.Fatalf("%s, %v", doc.OpenAPI, err)
	}
	for _, ref := range regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(string(body), -1) {
		if doc.Components.Schemas[ref[1]] == nil {
			t.Errorf("it speaks of %s, which is not described", ref[1])
		}
	}
	seen := map[string]string{}
	for _, r := range s.api.Routes() {
		op, ok := doc.Paths[r.Path][strings.ToLower(r.Method)]
		if r.Path == "/v1/reference.css" {
			continue
		}
		if !ok || op.Summary == "" {
			t.Errorf("%s %s is not described", r.Method, r.Path)
		}
		if other := seen[op.OperationID]; other != "" {
			t.Errorf("%s and %s %s are both called %s", other, r.Method, r.Path, op.OperationID)
		}
		seen[op.OperationID] = r.Method + " " + r.Path
	}
}

func TestTheReferenceAsksNoOtherHost(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	status, head, page := s.call(request{method: "GET", path: "/v1/reference", noKey: true})
	if status != 200 || !strings.HasPrefix(head.Get("Content-Type"), "text/html") {
		t.Fatalf("%d %v", status, head)
	}
	if found := regexp.MustCompile(`(?i)(src|href)="(https?:)?//|<script|<style| style=| on[a-z]+=`).FindAll(page, -1); len(found) > 0 {
		t.Errorf("%q", found)
	}
	for _, r := range s.api.Routes() {
		if !strings.Contains(string(page), "<code>"+r.Path+"</code>") && r.Path != "/v1/reference.css" {
			t.Errorf("%s %s is not explained", r.Method, r.Path)
		}
	}
	if status, _, _ := s.call(request{method: "GET", path: "/v1/reference.css", noKey: true}); status != 200 {
		t.Errorf("the style sheet: %d", status)
	}
}

// Every code that the program can give is explained.
func TestEveryCodeIsExplained(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, c := range api.Codes() {
		known[c.Code] = true
		if c.Means == "" || c.Status < 400 {
			t.Errorf("%+v", c)
		}
	}
	var found []string
	err := filepath.WalkDir("../../../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), "fault.Coded(") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Coded" {
				if word, ok := call.Args[0].(*ast.BasicLit); ok {
					code, _ := strconv.Unquote(word.Value)
					found = append(found, code)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || len(found) < 5 {
		t.Fatalf("%d codes found, %v", len(found), err)
	}
	slices.Sort(found)
	for _, code := range slices.Compact(found) {
		if !known[code] {
			t.Errorf("the code %s is given and not explained in codes.go", code)
		}
	}
}
