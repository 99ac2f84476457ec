package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// piper sends answers while more are made. Whoever makes them never waits for whoever reads them: a program that sends
// all before it reads anything would wait for ever. What piles up is bounded by how many answers there can be.
type piper struct {
	w       http.ResponseWriter
	control *http.ResponseController
	failed  func() // is called when they cannot be sent

	lock   sync.Mutex
	more   *sync.Cond
	buffer bytes.Buffer
	over   bool
	ended  chan struct{}
	live   bool
}

func newPiper(w http.ResponseWriter, control *http.ResponseController, live bool, failed func()) *piper {
	p := &piper{w: w, control: control, failed: failed, ended: make(chan struct{}), live: live}
	p.more = sync.NewCond(&p.lock)
	if live {
		go p.send()
	}
	return p
}

// put adds an answer.
func (p *piper) put(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types are ours
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	p.buffer.Write(text)
	p.buffer.WriteByte('\n')
	p.more.Signal()
}

// close waits until all has been sent, or cannot be.
func (p *piper) close() {
	p.lock.Lock()
	p.over = true
	p.more.Signal()
	p.lock.Unlock()
	if !p.live {
		p.send()
	}
	<-p.ended
}

func (p *piper) send() {
	defer close(p.ended)
	var sending bytes.Buffer
	for {
		p.lock.Lock()
		for p.buffer.Len() == 0 && !p.over {
			p.more.Wait()
		}
		if p.buffer.Len() == 0 {
			p.lock.Unlock()
			return
		}
		sending, p.buffer = p.buffer, sending
		p.lock.Unlock()
		_ = p.control.SetWriteDeadline(time.Now().Add(bulkPause)) // where it cannot be set, the server's holds
		if _, err := p.w.Write(sending.Bytes()); err != nil {
			p.failed()
			return
		}
		_ = p.control.Flush() // without it they only come later
		sending.Reset()
	}
}
