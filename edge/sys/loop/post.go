package loop

import (
	"moongate/edge/sys/proc"

	"golang.org/x/sys/unix"
)

var one = [8]byte{1}

// Post has fn run on the loop's thread, in the order of the calls. Any goroutine may
// call it. What is posted by a callback runs in the same round, what is posted by
// something posted in the next one.
func (l *Loop) Post(fn func()) {
	l.mu.Lock()
	l.posted = append(l.posted, fn)
	first := len(l.posted) == 1
	l.mu.Unlock()
	if first {
		unix.Write(l.wakefd, one[:])
	}
}

// Stop ends Run after what was posted before. Any goroutine may call it.
func (l *Loop) Stop() {
	l.Post(func() {
		l.mu.Lock()
		l.quit = true
		l.mu.Unlock()
	})
}

func (l *Loop) drain() {
	var b [8]byte
	unix.Read(l.wakefd, b[:])
}

// runPosted also tells whether the loop shall end.
func (l *Loop) runPosted() bool {
	l.mu.Lock()
	fns := l.posted
	l.posted = l.spare[:0]
	l.mu.Unlock()
	for i, fn := range fns {
		fns[i] = nil
		fn()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spare = fns[:0]
	return l.quit
}

// Signals has fn called for each of the given signals that the process gets.
func (l *Loop) Signals(fn func(proc.Signal), sigs ...proc.Signal) {
	caught := make(chan proc.Signal, 16)
	proc.Catch(caught, sigs...)
	go func() {
		for s := range caught {
			l.Post(func() { fn(s) })
		}
	}()
}
