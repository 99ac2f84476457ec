package browsertest

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Wire is the network between a browser and a server: it can be cut, and it can swallow what the server answers.
type Wire struct {
	t       *testing.T
	address string
	to      string

	lock   sync.Mutex
	listen net.Listener
	conns  map[net.Conn]bool
	deaf   bool
}

// Between is a wire to a site; the browser goes to Site.
func Between(t *testing.T, site string) *Wire {
	t.Helper()
	at, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{t: t, to: at.Host, address: "127.0.0.1:0", conns: map[net.Conn]bool{}}
	w.Mend()
	t.Cleanup(w.Cut)
	return w
}

// Site is where the server is found at the near end.
func (w *Wire) Site() string { return "http://" + w.address }

// Cut ends every connection, and refuses new ones.
func (w *Wire) Cut() {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.listen != nil {
		_ = w.listen.Close()
		w.listen = nil
	}
	for c := range w.conns {
		_ = c.Close()
	}
	clear(w.conns)
}

// Mend lets through again, under the same address.
func (w *Wire) Mend() {
	w.t.Helper()
	listen, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", w.address)
	if err != nil {
		w.t.Fatal(err)
	}
	w.lock.Lock()
	w.listen, w.address, w.deaf = listen, listen.Addr().String(), false
	w.lock.Unlock()
	go func() {
		for {
			c, err := listen.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
}

// Swallow ends each connection as soon as the server answers: what was asked for is done, and nobody is told.
func (w *Wire) Swallow() {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.deaf = true
}

func (w *Wire) carry(near net.Conn) {
	far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.to)
	if err != nil {
		_ = near.Close()
		return
	}
	w.lock.Lock()
	w.conns[near], w.conns[far] = true, true
	w.lock.Unlock()
	end := func() { _ = near.Close(); _ = far.Close() }
	go func() { defer end(); _, _ = io.Copy(far, near) }()
	defer end()
	for part := make([]byte, 32<<10); ; {
		n, err := far.Read(part)
		w.lock.Lock()
		deaf := w.deaf
		w.lock.Unlock()
		if err != nil || deaf {
			return
		}
		if _, err := near.Write(part[:n]); err != nil {
			return
		}
	}
}
