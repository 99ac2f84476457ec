package api

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/door/api/wire"
)

//go:embed reference.html
var referenceHTML string

//go:embed reference.css
var referenceCSS []byte

//go:embed guide.md
var guide string

// describe fills in what the document says beyond its operations.
func describe(o *huma.OpenAPI) {
	o.Info.Description = guide
	o.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key": {Type: "http", Scheme: "bearer", Description: "An API key: rk_live_..., or rk_pub_... for adding events from a page."},
	}
}

// Document is an answer that is no JSON of ours.
type Document struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

const pageOfHour = "public, max-age=3600"

func (a *API) describeAPI(context.Context, *none) (*Document, error) {
	text, err := json.Marshal(a.huma.OpenAPI())
	return &Document{ContentType: "application/openapi+json", CacheControl: pageOfHour, Body: text}, err
}

func (a *API) readReference(context.Context, *none) (*Document, error) {
	return &Document{ContentType: "text/html; charset=utf-8", CacheControl: pageOfHour, Body: a.reference()}, nil
}

func (a *API) readStyle(context.Context, *none) (*Document, error) {
	return &Document{ContentType: "text/css; charset=utf-8", CacheControl: pageOfHour, Body: referenceCSS}, nil
}

// section is a heading of the reference with its operations.
type section struct {
	Name       string
	Operations []operation
}

type operation struct {
	ID, Method, Path, Summary string
	Says                      []string // paragraphs
	Parameters                []parameter
	Fields                    []row
	Request, Answer           string
	Status                    string
	Answers                   []row
	Curl                      string
}

type parameter struct{ Name, In, Type, Says string }

// row is a field of a body; Depth is how deep it lies.
type row struct {
	Name, Type, Says string
	Depth            int
	Required         bool
}

var sectionsFirst = []string{"customers", "orders", "returns", "events", "answers", "subscriptions", "products", "costs", "initiatives", "bulk", "imports",
	"measures", "report", "segments", "business", "keys", "users", "session", "webhooks", "jobs", "audit", "about"}

func (a *API) renderReference() []byte {
	r := &reader{schemas: a.huma.OpenAPI().Components.Schemas}
	var sections []section
	for _, route := range a.routes {
		op := operationOf(a.huma.OpenAPI().Paths[route.Path], route.Method)
		if op == nil || len(op.Tags) == 0 {
			continue
		}
		i := slices.IndexFunc(sections, func(s section) bool { return s.Name == op.Tags[0] })
		if i < 0 {
			i = len(sections)
			sections = append(sections, section{Name: op.Tags[0]})
		}
		sections[i].Operations = append(sections[i].Operations, r.operation(op))
	}
	slices.SortStableFunc(sections, func(x, y section) int {
		return cmp.Compare(place(x.Name), place(y.Name))
	})
	page := template.Must(template.New("reference").Funcs(template.FuncMap{"paragraphs": paragraphs}).Parse(referenceHTML))
	var out bytes.Buffer
	if err := page.Execute(&out, map[string]any{"Sections": sections, "Guide": guideParts(), "Codes": Codes(), "Version": a.Version}); err != nil {
		panic(err) // the template is ours
	}
	return out.Bytes()
}

func place(name string) int {
	if i := slices.Index(sectionsFirst, name); i >= 0 {
		return i
	}
	return len(sectionsFirst)
}

func operationOf(p *huma.PathItem, method string) *huma.Operation {
	if p == nil {
		return nil
	}
	return map[string]*huma.Operation{get: p.Get, post: p.Post, put: p.Put, http.MethodPatch: p.Patch, http.MethodDelete: p.Delete}[method]
}

// guidePart is a paragraph, a heading or an example of the guide.
type guidePart struct{ Heading, Text, Code string }

// guideParts reads the guide, which is written in the little of Markdown that it needs.
func guideParts() (parts []guidePart) {
	for _, block := range strings.Split(strings.TrimSpace(guide), "\n\n") {
		switch {
		case strings.HasPrefix(block, "## "):
			parts = append(parts, guidePart{Heading: block[3:]})
		case strings.HasPrefix(block, "    "):
			parts = append(parts, guidePart{Code: strings.ReplaceAll(block[4:], "\n    ", "\n")})
		default:
			parts = append(parts, guidePart{Text: strings.ReplaceAll(block, "\n", " ")})
		}
	}
	return parts
}

func paragraphs(text string) []string { return strings.Split(strings.TrimSpace(text), "\n\n") }

// reader reads schemas.
type reader struct{ schemas huma.Registry }

func (r *reader) operation(op *huma.Operation) operation {
	out := operation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Says: paragraphs(strings.ReplaceAll(op.Description, "`", ""))}
	if op.Description == "" {
		out.Says = nil
	}
	for _, p := range op.Parameters {
		out.Parameters = append(out.Parameters, parameter{Name: p.Name, In: p.In, Type: r.typeOf(p.Schema), Says: cmp.Or(p.Description, describeSchema(p.Schema))})
	}
	if op.RequestBody != nil {
		if body := op.RequestBody.Content["application/json"]; body != nil {
			out.Fields = r.rows(body.Schema, 0, false, map[string]bool{})
			out.Request = r.example(body.Schema, false)
		}
	}
	for status, answer := range op.Responses {
		if status[0] != '2' {
			continue
		}
		out.Status = status
		if body := answer.Content["application/json"]; body != nil {
			out.Answers = r.rows(body.Schema, 0, true, map[string]bool{})
			out.Answer = r.example(body.Schema, true)
		}
	}
	out.Curl = curl(op, out.Request)
	return out
}

func describeSchema(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	return s.Description
}

func (r *reader) resolve(s *huma.Schema) (found *huma.Schema, ref string) {
	for s != nil && s.Ref != "" {
		ref = s.Ref
		s = r.schemas.SchemaFromRef(s.Ref)
	}
	return s, ref
}

func (r *reader) typeOf(s *huma.Schema) string {
	s, _ = r.resolve(s)
	switch {
	case s == nil:
		return "anything"
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, e := range s.Enum {
			words[i] = strings.Trim(mustJSON(e), `"`)
		}
		return strings.Join(words, " | ")
	case s.Type == huma.TypeArray:
		return "list of " + r.typeOf(s.Items)
	case s.Format == "date-time":
		return "time"
	case s.Type == huma.TypeObject && len(s.Properties) == 0:
		return "map of names to texts"
	case s.Type == "":
		return "anything"
	}
	return s.Type
}

// rows lists the fields of a body, those of the answer or those that may be sent.
func (r *reader) rows(s *huma.Schema, depth int, answer bool, above map[string]bool) (out []row) {
	s, ref := r.resolve(s)
	for s != nil && s.Type == huma.TypeArray {
		s, ref = r.resolve(s.Items)
	}
	if s == nil || above[ref] {
		return nil
	}
	above[ref] = ref != ""
	defer delete(above, ref)
	for _, name := range r.names(s) {
		p := s.Properties[name]
		if !answer && p.ReadOnly {
			continue
		}
		says := p.Description
		if p.Default != nil {
			says = strings.TrimSpace(says + " Default: " + strings.Trim(mustJSON(p.Default), `"`) + ".")
		}
		out = append(out, row{Name: name, Type: r.typeOf(p), Says: says, Depth: depth, Required: !answer && slices.Contains(s.Required, name)})
		out = append(out, r.rows(p, depth+1, answer, above)...)
	}
	return out
}

// names are in the order of the Go type, which the schema has lost: required ones first, then by name.
func (r *reader) names(s *huma.Schema) []string {
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int {
		return cmp.Or(-compareBool(slices.Contains(s.Required, x), slices.Contains(s.Required, y)), cmp.Compare(x, y))
	})
	return names
}

func compareBool(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return 1
	}
	return -1
}

func (r *reader) example(s *huma.Schema, answer bool) string {
	text, err := json.MarshalIndent(r.value(s, "", answer, 0), "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}

const exampleDepth = 5

func (r *reader) value(s *huma.Schema, name string, answer bool, depth int) any {
	s, _ = r.resolve(s)
	switch {
	case s == nil || depth > exampleDepth:
		return nil
	case len(s.Examples) > 0:
		return s.Examples[0]
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeArray:
		return []any{r.value(s.Items, name, answer, depth+1)}
	case huma.TypeObject:
		object := map[string]any{}
		if len(s.Properties) == 0 {
			return map[string]any{"season": "autumn"}
		}
		for name, p := range s.Properties {
			// A request shows what is required and what has an example: enough to begin with.
			shown := answer || !p.ReadOnly && (slices.Contains(s.Required, name) || len(p.Examples) > 0 || r.opens(p))
			if v := r.value(p, name, answer, depth+1); shown && v != nil {
				object[name] = v
			}
		}
		return object
	case huma.TypeInteger:
		return 1
	case huma.TypeNumber:
		return 1.5
	case huma.TypeBoolean:
		return true
	}
	if s.Format == "date-time" {
		return "2026-11-26T10:15:00Z"
	}
	return cmp.Or(strings.TrimSuffix(name, "s"), "text")
}

// opens says that a field holds others, such as the lines of an order.
func (r *reader) opens(s *huma.Schema) bool {
	s, _ = r.resolve(s)
	if s != nil && s.Type == huma.TypeArray {
		s, _ = r.resolve(s.Items)
	}
	return s != nil && s.Type == huma.TypeObject && len(s.Properties) > 0
}

// curl is the request as it is typed.
func curl(op *huma.Operation, body string) string {
	var b strings.Builder
	b.WriteString("curl")
	if op.Method != get {
		b.WriteString(" -X " + op.Method)
	}
	b.WriteString(" $REGULARS" + op.Path)
	if len(op.Security) > 0 {
		b.WriteString(" \\\n  -H \"Authorization: Bearer $KEY\"")
	}
	if body != "" {
		b.WriteString(" \\\n  --json '" + strings.ReplaceAll(body, "'", `'\''`) + "'")
	}
	return b.String()
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// Code is a code of a problem and what it means.
type Code struct {
	Code   string `json:"code"`
	Status int    `json:"status"`
	Means  string `json:"means"`
}

// ProblemsOut lists the codes.
type ProblemsOut struct {
	Body wire.Page[Code]
}

func (a *API) listProblems(context.Context, *none) (*ProblemsOut, error) {
	return &ProblemsOut{Body: wire.Page[Code]{Data: Codes()}}, nil
}

func (c Code) String() string { return strconv.Itoa(c.Status) + " " + c.Code }
