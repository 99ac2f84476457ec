package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
)

// A folder that a server has open is its alone. A command on it is handed to the server over a socket in the folder,
// which only its owner reaches, and runs there; what it says comes back as it is said.

// serveCommand is the command that holds a folder for a server.
const serveCommand = "serve"

// order is a command on its way to the server.
type order struct {
	Command  string          `json:"command"` // its words, such as "customer export"
	Options  json.RawMessage `json:"options"` // the struct of the command, filled in
	Terminal bool            `json:"terminal"`
	Width    int             `json:"width"`
}

// said is a piece of what the command says, or its end.
type said struct {
	Out  []byte `json:"out,omitempty"`
	Err  []byte `json:"err,omitempty"`
	Code *int   `json:"code,omitempty"`
}

// runner is a command.
type runner interface{ Run(c *Context) error }

// forward has the server that holds the folder run the command, and gives its exit code.
func forward(c *Context, parsed *kong.Context, socket string) (int, error) {
	node := parsed.Selected()
	target := node.Target.Addr().Interface()
	absolute(node.Target)
	options, err := json.Marshal(target)
	if err != nil {
		return 0, fmt.Errorf("hand the command over: %w", err)
	}
	body, err := json.Marshal(order{Command: words(node), Options: options, Terminal: c.Terminal, Width: c.Width})
	if err != nil {
		return 0, fmt.Errorf("hand the command over: %w", err)
	}
	short, dir, err := shortened(socket)
	if err != nil {
		return 0, err
	}
	defer dir.Close() //nolint:errcheck // it was only looked through
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", short)
	}}}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(c.Ctx, http.MethodPost, "http://local/command", bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("hand the command over: %w", err)
	}
	answer, err := client.Do(request)
	if err != nil {
		return 0, lost(c, err)
	}
	defer answer.Body.Close() //nolint:errcheck // what is to be read has been
	pieces := json.NewDecoder(bufio.NewReader(answer.Body))
	for {
		var piece said
		if err := pieces.Decode(&piece); err != nil {
			return 0, lost(c, err)
		}
		if _, err := c.Stdout.Write(piece.Out); err != nil {
			return 0, err //nolint:wrapcheck // the stream explains itself
		}
		if _, err := c.Stderr.Write(piece.Err); err != nil {
			return 0, err //nolint:wrapcheck // the stream explains itself
		}
		if piece.Code != nil {
			return *piece.Code, nil
		}
	}
}

func lost(c *Context, err error) error {
	if c.Ctx.Err() != nil {
		return &stopped{"stopped; what had been done by then stays, and the command can be given again"}
	}
	return fault.Unavailablef("the server that has the folder does not answer: %w; give the command again, or stop the server and then do", err)
}

// words are those of a command.
func words(node *kong.Node) string {
	var all []string
	for n := node; n != nil && n.Type == kong.CommandNode; n = n.Parent {
		all = append([]string{n.Name}, all...)
	}
	return strings.Join(all, " ")
}

// absolute makes the files that a command names independent of the folder it was given in.
func absolute(command reflect.Value) {
	files := command.FieldByName("Files")
	if !files.IsValid() || files.Kind() != reflect.Slice {
		return
	}
	for i := range files.Len() {
		if path, err := filepath.Abs(files.Index(i).String()); err == nil {
			files.Index(i).SetString(path)
		}
	}
}

// local is the socket of a server.
type local struct {
	http *http.Server
	dir  *os.File
	done chan struct{}
}

// takeCommands runs the commands that come over the socket of the folder, in the place that the server has open.
func takeCommands(at *opened) (*local, error) {
	path := at.Folder.Socket()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a server that was killed
		return nil, fault.Unavailablef("the socket %s of an earlier server cannot be removed: %w; remove it", path, err)
	}
	short, dir, err := shortened(path)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", short) //nolint:noctx // it does not wait
	if err != nil {
		return nil, errors.Join(fault.Unavailablef("the socket %s cannot be made: %w", path, err), dir.Close())
	}
	const owners = 0o600
	if err := os.Chmod(path, owners); err != nil {
		return nil, errors.Join(fault.Unavailablef("the socket %s cannot be made: %w", path, err), l.Close(), dir.Close())
	}
	s := &local{dir: dir, done: make(chan struct{})}
	const headers = 10 * time.Second
	s.http = &http.Server{ReadHeaderTimeout: headers, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { at.obey(w, r) })}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l) // it ends by Close
	}()
	return s, nil
}

// socketMost is how long the path of a socket may be.
const socketMost = 100

// shortened is the path by another name where it is too long for a socket.
func shortened(path string) (string, *os.File, error) {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "", nil, fault.Unavailablef("the folder %s cannot be read: %w", filepath.Dir(path), err)
	}
	if len(path) > socketMost && runtime.GOOS == "linux" {
		path = "/proc/self/fd/" + strconv.Itoa(int(dir.Fd())) + "/" + filepath.Base(path)
	}
	return path, dir, nil
}

// Close waits for the commands that are running, while the context lasts.
func (s *local) Close(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	<-s.done
	return errors.Join(err, s.dir.Close())
}

// obey runs a command that came over the socket.
func (o *opened) obey(w http.ResponseWriter, r *http.Request) {
	out := &pieces{w: w, flush: http.NewResponseController(w)}
	code := o.run(r, out)
	out.write(said{Code: &code})
}

func (o *opened) run(r *http.Request, out *pieces) (code int) {
	errs := out.stream(func(b []byte) said { return said{Err: b} })
	c := &Context{Stdout: out.stream(func(b []byte) said { return said{Out: b} }), Stderr: errs, Ctx: context.WithValue(r.Context(), servedKey{}, o)}
	var asked order
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		say(errs, fault.Invalidf("the server did not understand the command; is it of another version than this program?"))
		return exitFailed
	}
	c.Terminal, c.Width = asked.Terminal, asked.Width
	command, err := find(asked)
	if err != nil {
		say(errs, err)
		return exitFailed
	}
	if err := command.Run(c); err != nil {
		say(errs, err)
		return exitFailed
	}
	return exitOK
}

// find is the command that was asked for, with its options filled in.
func find(asked order) (runner, error) {
	var r root
	parser, err := kong.New(&r, kong.Name("regulars"))
	if err != nil {
		return nil, fmt.Errorf("find a command: %w", err)
	}
	node := parser.Model.Node
	for _, word := range strings.Fields(asked.Command) {
		var next *kong.Node
		for _, child := range node.Children {
			if child.Name == word {
				next = child
			}
		}
		if node = next; node == nil {
			return nil, fault.Invalidf("the server has no command %q; is it of another version than this program?", asked.Command)
		}
	}
	target := node.Target.Addr().Interface()
	command, ok := target.(runner)
	if !ok || asked.Command == serveCommand {
		return nil, fault.Invalidf("the server cannot run the command %q", asked.Command)
	}
	if err := json.Unmarshal(asked.Options, target); err != nil {
		return nil, fault.Invalidf("the server did not understand the options of %q; is it of another version than this program?", asked.Command)
	}
	return command, nil
}

// pieces sends what is said as it is said.
type pieces struct {
	lock  sync.Mutex
	w     io.Writer
	flush *http.ResponseController
}

func (p *pieces) write(s said) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if text, err := json.Marshal(s); err == nil {
		_, _ = p.w.Write(append(text, '\n')) // whoever has gone needs no answer
		_ = p.flush.Flush()
	}
}

type stream struct {
	p    *pieces
	wrap func([]byte) said
}

func (p *pieces) stream(wrap func([]byte) said) io.Writer { return &stream{p: p, wrap: wrap} }

func (s *stream) Write(b []byte) (int, error) {
	s.p.write(s.wrap(b))
	return len(b), nil
}

// servedSocket is the socket of the server that holds the folder which a command could not have, if that is why.
func servedSocket(err error) (string, bool) {
	by, held := folder.HeldBy(err)
	if !held || by.Command != serveCommand || by.Folder == "" {
		return "", false
	}
	socket := (&folder.Folder{Path: by.Folder}).Socket()
	_, statErr := os.Stat(socket)
	return socket, statErr == nil
}
