package cli

import (
	"context"
	"io"
	"os"
)

// Context is what a command gets of the world around it.
type Context struct {
	Stdout, Stderr io.Writer
	Ctx            context.Context
	Terminal       bool // Stdout is a terminal
	Width          int  // of the terminal in columns; 0: unknown
}

// color is whether to write in colour: on a terminal that can, to a person who has not asked to be spared it.
func (c *Context) color() bool {
	return c.Terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
