package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"strings"
	"syscall"
	"unicode"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"regulars/internal/base/fault"
)

// root is the command line: a field a command.
type root struct {
	Report    ReportCmd    `cmd:"" help:"Turn files of orders, customers, answers and costs into a loyalty picture."`
	Predict   PredictCmd   `cmd:"" help:"Say who will buy again, how often and what it will be worth, and how far to trust that."`
	Recommend RecommendCmd `cmd:"" help:"Suggest what customers will buy again, and what they have never bought and would."`
	Import    ImportCmd    `cmd:"" help:"Take files of orders, customers, answers and costs into the data that lasts."`
	Serve     ServeCmd     `cmd:"" help:"Serve the data over HTTP: the API for programs, pages for people."`
	Doctor    DoctorCmd    `cmd:"" help:"Look at disk, clock, database, mail and public address, and say how to mend what is wrong."`
	Key       KeyCmd       `cmd:"" help:"Make, list and take back API keys."`
	User      UserCmd      `cmd:"" help:"List people who sign in, and help who has forgotten the password."`
	Customer  CustomerCmd  `cmd:"" help:"Export everything about a customer, or forget who a customer is."`
	Calc      CalcCmd      `cmd:"" help:"Work out one figure from numbers you have, with its interval and formula."`
	Measures  MeasuresCmd  `cmd:"" help:"List the measures with their definitions."`
	Demo      DemoCmd      `cmd:"" help:"Make the files of a sample business."`
	Migrate   MigrateCmd   `cmd:"" help:"Bring data of an older version to the newest schema."`
	Backup    BackupCmd    `cmd:"" help:"Write all data into one file, while others go on writing."`
	Restore   RestoreCmd   `cmd:"" help:"Make data of a backup, in an empty place; also to move to PostgreSQL and back."`
	Replay    ReplayCmd    `cmd:"" help:"Rehearse a loyalty programme over the orders of before, and change nothing."`
	Draw      DrawCmd      `cmd:"" help:"Check a prize draw that was held."`
	Check     CheckCmd     `cmd:"" help:"Look for damage and contradictions in the data, and change nothing."`
	Version   VersionCmd   `cmd:"" help:"Print the version."`
}

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1
	exitMisused = 2
	// exitInterrupted is what shells expect of a program that was told to stop.
	exitInterrupted = 130
)

// Main runs the program with the arguments and streams of the process and gives its exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := &Context{Stdout: os.Stdout, Stderr: os.Stderr, Ctx: ctx}
	if fd := int(os.Stdout.Fd()); term.IsTerminal(fd) {
		c.Terminal = true
		if w, _, err := term.GetSize(fd); err == nil {
			c.Width = w
		}
	}
	return run(c, os.Args[1:])
}

// exit carries an exit code out of kong, which wants to end the process when it has printed help.
type exit struct{ code int }

func run(c *Context, args []string) (code int) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case exit:
			code = e.code
		default:
			panic(e)
		}
	}()
	out := &output{w: c.Stdout}
	c.Stdout = out
	var r root
	parser, err := kong.New(&r,
		kong.Name("regulars"),
		kong.Description("Measures how loyal customers are, shows why, and proves what helped."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Writers(c.Stdout, c.Stderr),
		kong.Exit(func(code int) { panic(exit{code}) }),
		kong.Bind(c),
	)
	if err != nil {
		panic(err) // the struct above is wrong, not the input
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(c.Stderr, "regulars: %s\nRun \"regulars --help\" for the commands and their options.\n", harmless(err.Error()))
		return exitMisused
	}
	err = parsed.Run(c)
	if socket, served := servedSocket(err); served && parsed.Selected().Name != serveCommand {
		if code, err = forward(c, parsed, socket); err == nil && out.failed == nil {
			return code
		}
	}
	if out.failed != nil {
		err = fault.Invalidf("cannot write the output: %w", out.failed)
	}
	if err != nil {
		say(c.Stderr, err)
		if errors.Is(err, context.Canceled) {
			return exitInterrupted
		}
		return exitFailed
	}
	return exitOK
}

// output remembers that writing failed, for a command that has not looked.
type output struct {
	w      io.Writer
	failed error
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err // without the name of the stream
	}
	if err != nil && o.failed == nil {
		o.failed = err
	}
	return n, err
}

// say tells a person what went wrong: the sentences of the faults in it; anything else is our own trouble, and says
// so.
func say(w io.Writer, err error) {
	var f *fault.Fault
	var s *stopped
	if errors.As(err, &s) {
		fmt.Fprintf(w, "regulars: %s\n", harmless(s.message))
		return
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "regulars: stopped; nothing was written.")
		return
	}
	if errors.As(err, &f) {
		fmt.Fprintf(w, "regulars: %s\n", harmless(strings.TrimRight(f.Message, "\n")))
		return
	}
	fmt.Fprintf(w, "regulars: this should not have happened, please report it: %s\n", harmless(err.Error()))
}

// stopped is an end that somebody asked for, with what is to be said of it.
type stopped struct{ message string }

func (s *stopped) Error() string { return s.message }

func (s *stopped) Unwrap() error { return context.Canceled }

// password is one in the address of a database, in either way of writing it.
var password = regexp.MustCompile(`(?i)(://[^:/@\s]*:)\S*(@)|(password=)(?:'[^']*'|\S+)`)

// harmless shows what would steer a terminal, such as a colour in the name of a column, as a mark, and no password: an
// address may come in a sentence of whoever could make nothing of it.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, password.ReplaceAllString(s, "$1$3***$2"))
}

// VersionCmd prints the version.
type VersionCmd struct{}

// Run prints it.
func (VersionCmd) Run(c *Context) error {
	_, err := fmt.Fprintln(c.Stdout, "regulars", programVersion())
	return err
}

func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}
