package event

// Followers: goroutines that wait, on a stack, for the leadership or for a
// function to run. The one that was busy last is taken first, its stack is
// still in the cache.
//
//	     leader --- handler must wait ---> handoff: follower leads on,
//	       ^                               the old leader sleeps in its wait
//	       |                                          |
//	   idle stack <------- handler is done ----------- wakes as an ordinary
//	                                                  goroutine

// maxIdle bounds the stack; a goroutine that finds it full ends.
const maxIdle = 1024

type worker struct {
	ch   chan struct{}
	job  job
	next *worker
}

// Go runs fn on a pooled goroutine, soon, not inside the caller.
func (l *Loop) Go(fn func()) { l.start(job{fn: fn}) }

func (l *Loop) start(j job) {
	l.mu.Lock()
	w := l.idle
	if w == nil {
		l.mu.Unlock()
		w = &worker{ch: make(chan struct{}, 1), job: j}
		go l.work(w)
		return
	}
	l.idle = w.next
	l.nidle--
	l.mu.Unlock()
	w.next = nil
	w.job = j
	w.ch <- struct{}{}
}

func (l *Loop) work(w *worker) {
	for {
		j := w.job
		w.job = job{}
		if !j.lead {
			j.run()
		} else {
			l.lead()
		}
		l.mu.Lock()
		if l.nidle >= maxIdle || l.stopping.Load() {
			l.mu.Unlock()
			return
		}
		w.next = l.idle
		l.idle = w
		l.nidle++
		l.mu.Unlock()
		<-w.ch
		if w.job.fn == nil && w.job.c == nil && !w.job.lead {
			return // dismissed
		}
	}
}

// dismiss ends the followers.
func (l *Loop) dismiss() {
	l.mu.Lock()
	w := l.idle
	l.idle, l.nidle = nil, 0
	l.mu.Unlock()
	for w != nil {
		next := w.next
		w.next = nil
		w.ch <- struct{}{}
		w = next
	}
}

// Block says that the caller is about to wait for something this package does
// not know: a lock held for long, a channel, a file on disk, C code. If it
// leads a loop, somebody else leads from now on; otherwise Block does nothing.
// It costs a few nanoseconds in the second case and the start of a pooled
// goroutine in the first.
func Block() {
	if leading() != nil {
		relieve(goroutine()) // unless a Watch was faster
	}
}
