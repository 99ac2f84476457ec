package cli

import (
	"context"
	"io"
)

// Context is what a command gets of the world around it.
type Context struct {
	Stdout, Stderr io.Writer
	Ctx            context.Context
	Terminal       bool // Stdout is a terminal
	Width          int  // of the terminal in columns; 0: unknown
}
