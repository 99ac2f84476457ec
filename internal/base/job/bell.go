package job

import "sync"

// bell wakes the runners of this process when jobs were added in it; those of other processes look now and then. That
// one of another database is woken too costs it a look.
var bell struct {
	lock    sync.Mutex
	runners map[*Runner]bool
}

func (r *Runner) listen(on bool) {
	bell.lock.Lock()
	defer bell.lock.Unlock()
	if bell.runners == nil {
		bell.runners = map[*Runner]bool{}
	}
	if on {
		bell.runners[r] = true
	} else {
		delete(bell.runners, r)
	}
}

// ring wakes the runners for jobs of the kinds.
func ring(kinds map[string]bool) {
	bell.lock.Lock()
	defer bell.lock.Unlock()
	for r := range bell.runners {
		r.wake(kinds)
	}
}
