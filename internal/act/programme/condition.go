package programme

import (
	"fmt"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"

	"regulars/internal/base/fault"
)

// Fields that conditions may speak of. Amounts are in units of the currency, 12.50; times are on the clocks of the business.
var fields = []struct {
	name string
	kind *cel.Type
	line bool // of a line
	past bool // of what the customer did before, which is looked up only for those who ask
}{
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
	{"customer.tier", cel.StringType, false, false},
	{"customer.member", cel.BoolType, false, false},
	{"customer.orders", cel.IntType, false, true},
	{"customer.spend", cel.DoubleType, false, true},
	{"customer.first_order", cel.BoolType, false, true},
	{"customer.attributes", cel.MapType(cel.StringType, cel.StringType), false, true},
	{"line.product", cel.StringType, true, false},
	{"line.category", cel.StringType, true, false},
	{"line.amount", cel.DoubleType, true, false},
	{"line.quantity", cel.DoubleType, true, false},
	{"line.attributes", cel.MapType(cel.StringType, cel.StringType), true, false},
}

// Fields lists the names, for who writes conditions.
func Fields() (names []string) {
	for _, f := range fields {
		names = append(names, f.name)
	}
	return names
}

// environments are for conditions of an order, and of a line.
var environments = sync.OnceValues(func() ([2]*cel.Env, error) {
	var both [2]*cel.Env
	for i := range both {
		options := []cel.EnvOption{cel.CrossTypeNumericComparisons(true)}
		for _, f := range fields {
			if !f.line || i == 1 {
				options = append(options, cel.Variable(f.name, f.kind))
			}
		}
		env, err := cel.NewEnv(options...)
		if err != nil {
			return both, fmt.Errorf("prepare conditions: %w", err)
		}
		both[i] = env
	}
	return both, nil
})

// costMost bounds the work that a condition may be.
const costMost = 100_000

// condition is ready to be asked; nil is always true.
type condition struct {
	text    string
	program cel.Program
	past    bool
}

func compile(text string, line bool) (*condition, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil //nolint:nilnil // no condition is one that always holds
	}
	both, err := environments()
	if err != nil {
		return nil, err
	}
	env := both[0]
	if line {
		env = both[1]
	}
	const longest = 2000
	if len(text) > longest {
		return nil, fault.Invalidf("a condition has %d bytes at most", longest)
	}
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, fault.Invalidf("the condition cannot be understood at sign %d: %s; it may speak of %s", first.Location.Column()+1, first.Message, strings.Join(Fields(), ", "))
	}
	if !ast.OutputType().IsExactType(cel.BoolType) {
		return nil, fault.Invalidf("a condition is true or false, such as order.amount >= 20.0; this one is %s", ast.OutputType())
	}
	program, err := env.Program(ast, cel.CostLimit(costMost), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, fault.Invalidf("the condition cannot be used: %s", err)
	}
	c := &condition{text: text, program: program}
	for _, f := range fields {
		c.past = c.past || f.past && strings.Contains(text, f.name)
	}
	return c, nil
}

// holds tells whether it does. What cannot be worked out, such as an attribute that is not there, does not hold.
func (c *condition) holds(values map[string]any) bool {
	if c == nil {
		return true
	}
	out, _, err := c.program.Eval(values)
	if err != nil {
		return false
	}
	yes, ok := out.Value().(bool)
	return ok && yes
}

func (c *rule) compileConditions() (err error) {
	if c.condition, err = compile(c.Rule.If, false); err != nil {
		return fault.In("if", fmt.Errorf("rule %s: %w", c.Rule.Rule, err))
	}
	if c.lines, err = compile(c.Rule.Lines, true); err != nil {
		return fault.In("lines", fmt.Errorf("rule %s: %w", c.Rule.Rule, err))
	}
	if c.lines != nil && c.on != OnOrder {
		return fault.In("lines", fault.Invalidf("rule %s looks at %s, which has no lines", c.Rule.Rule, c.on))
	}
	c.needsPast = c.condition != nil && c.condition.past || c.lines != nil && c.lines.past || c.Rule.Effect.Discount != nil && len(c.Rule.Effect.Discount.Steps) > 0
	return nil
}
