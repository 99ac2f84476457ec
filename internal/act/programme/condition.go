package programme

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/parser"

	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
)

// field is a name that conditions may speak of.
type field struct {
	name string
	kind *cel.Type
	line bool // of a line
	past bool // of what the customer did before, which is looked up only for those who ask
}

// Fields that conditions may speak of. Amounts are in units of the currency, 12.50; times are on the clocks of the business.
var fields = []field{
	{"order.amount", cel.DoubleType, false, false},
	{"order.discount", cel.DoubleType, false, false},
	{"order.items", cel.DoubleType, false, false},
	{"order.store", cel.StringType, false, false},
	{"order.channel", cel.StringType, false, false},
	{"order.attributes", cel.MapType(cel.StringType, cel.StringType), false, false},
	{"order.products", cel.ListType(cel.StringType), false, false},
	{"order.categories", cel.ListType(cel.StringType), false, false},
	{"time.hour", cel.IntType, false, false},
	{"time.weekday", cel.StringType, false, false},
	{"time.day", cel.StringType, false, false},
	{"time.month", cel.IntType, false, false},
	{"customer.tier", cel.StringType, false, false},
	{"customer.member", cel.BoolType, false, false},
	{"customer.member_days", cel.IntType, false, false},
	{"customer.member_years", cel.IntType, false, false},
	{"customer.orders", cel.IntType, false, true},
	{"customer.spend", cel.DoubleType, false, true},
	{"customer.first_order", cel.BoolType, false, true},
	{"customer.days_away", cel.IntType, false, true},
	{"customer.friends", cel.IntType, false, true},
	{segmentField, cel.StringType, false, true},
	{favouriteField, cel.StringType, false, true},
	{"customer.attributes", cel.MapType(cel.StringType, cel.StringType), false, true},
	{"line.product", cel.StringType, true, false},
	{"line.category", cel.StringType, true, false},
	{"line.amount", cel.DoubleType, true, false},
	{"line.quantity", cel.DoubleType, true, false},
	{"line.attributes", cel.MapType(cel.StringType, cel.StringType), true, false},
}

// changes says that it is of a time: what a customer was, or had done, when an order was looked at.
func (f *field) changes() bool { return f.past || f.name == "customer.tier" }

// segmentField is the RFM segment that the customer was in before: champions, at_risk ...; empty where none is known.
const segmentField = "customer.segment"

// Fields lists the names that a condition on orders may speak of, for who writes one.
func Fields() []string { return fieldsOf(onOrder) }

// LastingFields are those of them that challenges may speak of.
func LastingFields() []string {
	return slices.DeleteFunc(fieldsOf(onOrder), func(name string) bool {
		return slices.ContainsFunc(fields, func(f field) bool { return f.name == name && f.changes() })
	})
}

// CustomerFields are those that early access may speak of.
func CustomerFields() []string { return fieldsOf(onCustomer) }

// What a condition is on, and so of what it may speak.
const (
	onOrder = iota
	onLine
	onCustomer // of whom nothing is looked at but what is known of them
	kindsOfConditions
)

// environments are for conditions of each kind.
var environments = sync.OnceValues(func() (all [kindsOfConditions]*cel.Env, err error) {
	for i := range all {
		options := []cel.EnvOption{cel.CrossTypeNumericComparisons(true), cel.EnableMacroCallTracking()}
		for _, name := range fieldsOf(i) {
			at := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
			options = append(options, cel.Variable(name, fields[at].kind))
		}
		if all[i], err = cel.NewEnv(options...); err != nil {
			return all, fmt.Errorf("prepare conditions: %w", err)
		}
	}
	return all, nil
})

// oneLine is longer than any condition: what is said in words is looked for in one line.
const oneLine = 1 << 20

// fieldsOf are the names that a condition of a kind may speak of.
func fieldsOf(kind int) (names []string) {
	for _, f := range fields {
		if f.line && kind != onLine || kind == onCustomer && strings.HasPrefix(f.name, "order.") {
			continue
		}
		names = append(names, f.name)
	}
	return names
}

// costMost bounds the work that a condition may be.
const costMost = 100_000

// condition is ready to be asked; nil is always true. Its parts are what it says with "and" between them, each asked by itself,
// so that the one that is not met can be named.
type condition struct {
	parts     []part
	past      bool
	segment   bool
	favourite bool
}

type part struct {
	text    string
	program cel.Program
}

func compile(text string, kind int) (*condition, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil //nolint:nilnil // no condition is one that always holds
	}
	all, err := environments()
	if err != nil {
		return nil, err
	}
	env := all[kind]
	const longest = 2000
	if len(text) > longest {
		return nil, fault.Invalidf("a condition has %d bytes at most", longest)
	}
	whole, issues := env.Compile(text)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, fault.Invalidf("the condition cannot be understood at sign %d: %s; it may speak of %s", first.Location.Column()+1, first.Message, strings.Join(fieldsOf(kind), ", "))
	}
	if !whole.OutputType().IsExactType(cel.BoolType) {
		return nil, fault.Invalidf("a condition is true or false, such as order.amount >= 20.0; this one is %s", whole.OutputType())
	}
	c := &condition{}
	for _, e := range conjuncts(whole.NativeRep().Expr()) {
		source, err := parser.Unparse(e, whole.NativeRep().SourceInfo(), parser.WrapOnColumn(oneLine))
		if err != nil {
			return nil, fmt.Errorf("take the condition %q apart: %w", text, err)
		}
		one, issues := env.Compile(source)
		if issues.Err() != nil {
			return nil, fmt.Errorf("compile the part %q: %w", source, issues.Err())
		}
		options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
		if loops(one.NativeRep().Expr()) { // without, the work is bounded by the length, and counting it would be most of it
			options = append(options, cel.CostLimit(costMost))
		}
		program, err := env.Program(one, options...)
		if err != nil {
			return nil, fault.Invalidf("the condition cannot be used: %s", err)
		}
		c.parts = append(c.parts, part{source, program})
	}
	for _, f := range fields {
		c.past = c.past || f.past && strings.Contains(text, f.name)
	}
	c.segment, c.favourite = strings.Contains(text, segmentField), strings.Contains(text, favouriteField)
	return c, c.checkSegments()
}

var segmentsNamed = regexp.MustCompile(`customer\.segment (?:==|!=|in) (\[[^]]*\]|` + quoted + `)`)

// checkSegments refuses segments that there are not: a condition on one would never hold, and nobody would know why.
func (c *condition) checkSegments() error {
	for _, p := range c.parts {
		for _, m := range segmentsNamed.FindAllStringSubmatch(p.text, -1) {
			for _, name := range quotedTexts.FindAllString(m[1], -1) {
				if !slices.Contains(metric.Segments(), unquoted(name)) {
					return fault.Invalidf("there is no segment %s; there are %s", name, strings.Join(metric.Segments(), ", "))
				}
			}
		}
	}
	return nil
}

// loops tells whether a condition goes over a list.
func loops(e ast.Expr) (yes bool) {
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) { yes = yes || e.Kind() == ast.ComprehensionKind }))
	return yes
}

// conjuncts are what a condition says with "and" between.
func conjuncts(e ast.Expr) []ast.Expr {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operators.LogicalAnd {
		return []ast.Expr{e}
	}
	var all []ast.Expr
	for _, arg := range e.AsCall().Args() {
		all = append(all, conjuncts(arg)...)
	}
	return all
}

// unmet is the first part that does not hold; empty: all do. What cannot be worked out, such as an attribute that is not there,
// does not hold.
func (c *condition) unmet(values map[string]any) string {
	if c == nil {
		return ""
	}
	for _, p := range c.parts {
		out, _, err := p.program.Eval(values)
		if err != nil {
			return p.text
		}
		if yes, ok := out.Value().(bool); !ok || !yes {
			return p.text
		}
	}
	return ""
}

func (c *condition) holds(values map[string]any) bool { return c.unmet(values) == "" }

func (c *rule) compileConditions() (err error) {
	if c.condition, err = compile(c.Rule.If, onOrder); err != nil {
		return fault.In("if", fmt.Errorf("rule %s: %w", c.Rule.Rule, err))
	}
	if c.lines, err = compile(c.Rule.Lines, onLine); err != nil {
		return fault.In("lines", fmt.Errorf("rule %s: %w", c.Rule.Rule, err))
	}
	if c.lines != nil && c.on != OnOrder {
		return fault.In("lines", fault.Invalidf("rule %s looks at %s, which has no lines", c.Rule.Rule, c.on))
	}
	c.needsSegment = c.condition != nil && c.condition.segment || c.lines != nil && c.lines.segment
	c.needsFavourite = c.condition != nil && c.condition.favourite || c.lines != nil && c.lines.favourite
	c.needsPast = c.condition != nil && c.condition.past || c.lines != nil && c.lines.past || c.Rule.Effect.Discount != nil && len(c.Rule.Effect.Discount.Steps) > 0
	return nil
}
