package cli

import (
	"fmt"
	"os"

	"regulars/internal/act/draw"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// DrawCmd is what is to be done about prize draws.
type DrawCmd struct {
	Verify DrawVerifyCmd `cmd:"" help:"Work a prize draw out again from its public file, and say whether everything agrees."`
}

// DrawVerifyCmd checks the public file of a draw. It needs no data and asks nobody.
type DrawVerifyCmd struct {
	File       string `arg:"" help:"The public file of the draw, as its page gives it."`
	Commitment string `help:"The commitment, as you wrote it down before the close." placeholder:"HEX"`
	ListHash   string `help:"The hash of the list, as you wrote it down before the drawing." placeholder:"HEX"`
	Entry      string `help:"Your own entry, to see that it is on the list." placeholder:"CODE"`
	Lang       string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
}

// Run checks it; the exit code is 0 where everything agrees and the draw is drawn.
func (k *DrawVerifyCmd) Run(c *Context) error {
	l, err := locale.Get(k.Lang)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(k.File)
	if err != nil {
		return fault.NotFoundf("%s cannot be read: %w; name the public file of a draw, which its page gives", k.File, err)
	}
	p, err := draw.Read(text)
	if err != nil {
		return err
	}
	v := draw.Verify(&p, draw.Noted{Commitment: k.Commitment, ListHash: k.ListHash, Entry: k.Entry})
	w := draw.Words{Locale: l}
	if _, err := fmt.Fprintln(c.Stdout, harmless(w.T("draw.verify.title", p.Name, p.Business))); err != nil {
		return err
	}
	for _, said := range w.Verdict(&v) {
		if _, err := fmt.Fprintf(c.Stdout, "  %s  %s\n", said.Mark, harmless(said.Text)); err != nil {
			return err
		}
	}
	if v.Wrong() {
		return fault.Conflictf("something in this file does not agree; do not trust what it says of the winners")
	}
	if !v.Drawn {
		_, _ = fmt.Fprintln(c.Stdout, w.T("draw.verify.early"))
		return fault.Conflictf("the draw is not drawn yet, so that there are no winners to check")
	}
	for _, won := range p.Winners {
		if _, err := fmt.Fprintf(c.Stdout, "  %4d  %s  %s\n", won.Place, won.Entry, harmless(won.Prize)); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(c.Stdout, w.T("draw.verify.right"))
	return err
}
