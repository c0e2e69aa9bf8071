package vm

import (
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
)

// turn is how long Lua between two waits takes at most, as far as the end of a worker is
// concerned: what takes longer is taken for a loop that does not end.
const turn = 50 * time.Millisecond

// LockWithin is Lock that gives up after d.
func (v *VM) LockWithin(d time.Duration) bool {
	if v.mu.TryLock() {
		return true
	}
	// Who waits for a Mutex can't be called back: if it gets it too late it lets it go.
	got, late := make(chan struct{}), make(chan struct{})
	go func() {
		v.mu.Lock()
		select {
		case got <- struct{}{}:
		case <-late:
			v.mu.Unlock()
		}
	}()
	event.Block()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-got:
		return true
	case <-t.C:
		close(late)
		return false
	}
}

// Break makes Lua that has the VM and does not come to an end raise an error. It can't
// stop compiled code that calls nothing (package luajit).
func (v *VM) Break() {
	if v.LockWithin(turn) {
		v.Unlock()
		return
	}
	v.watch.Inside(func() {
		v.breaking.Store(true)
		v.St.Interrupt()
	})
}

// mend lets Lua run again after a Break.
func (v *VM) mend() {
	v.breaking.Store(false)
	v.St.Resumable()
}

// Regain is Lock before the process ends: Lua that does not let the VM go is broken, and
// if that doesn't help within d, false: there is a line in the log, and the process
// must end without the VM.
func (v *VM) Regain(d time.Duration) bool {
	if v.mu.TryLock() {
		return true
	}
	v.Break()
	if v.LockWithin(d) {
		return true
	}
	v.watch.Inside(func() {
		v.cur.Logf(errlog.Alert, "Lua code of %s does not end, the process exits all the same", v.cur.Phase)
	})
	return false
}
