package logging

import (
	"sync"
	"sync/atomic"
	"time"

	"moongate/gateway/plugin"
)

// Sink is where records go. One goroutine at a time calls it, which may wait. It may be
// written to again after Close.
type Sink interface {
	// Write writes a batch. After an error all of it is written again.
	Write(batch [][]byte) error
	Close()
}

// Queue is records on their way to a sink. A goroutine writes them while there are any,
// and holds a worker that wants to end.
type Queue struct {
	env  Env
	conf QueueConfig
	sink Sink

	mu      sync.Mutex
	waiting [][]byte
	bytes   int
	running bool
	closed  bool

	wake    chan struct{} // holds one: a batch is full, or the queue is closed
	dropped atomic.Int64
	full    plugin.Seldom
	failed  plugin.Seldom
}

// NewQueue makes a queue.
func NewQueue(env Env, conf QueueConfig, sink Sink) *Queue {
	return &Queue{env: env, conf: conf, sink: sink, wake: make(chan struct{}, 1)}
}

// Put queues a record, which is the queue's from then on. It never waits. Requests that
// were under way when the queue was closed may still come with theirs.
func (q *Queue) Put(record []byte) {
	q.mu.Lock()
	ok := len(q.waiting) < q.conf.Entries && (q.conf.Bytes <= 0 || q.bytes+len(record) <= q.conf.Bytes)
	if ok {
		q.waiting = append(q.waiting, record)
		q.bytes += len(record)
		if !q.running {
			q.running = true
			q.env.hold()
			go q.run()
		}
	}
	enough := len(q.waiting) == q.conf.Batch
	q.mu.Unlock()
	if !ok {
		q.drop(1, nil)
	} else if enough {
		q.stir()
	}
}

func (q *Queue) stir() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Dropped is how many records have been lost.
func (q *Queue) Dropped() int64 { return q.dropped.Load() }

// drop counts records that are lost, because there is no room or because of why.
func (q *Queue) drop(n int, why error) {
	all := q.dropped.Add(int64(n))
	if _, ok := q.full.Now(); !ok {
		return
	}
	reason := "the queue is full"
	if why != nil {
		reason = why.Error()
	}
	q.env.Log.Error(nil, "gateway: %s: log records are dropped (%d so far): %s", q.env.Name, all, reason)
}

// Close has what is queued written soon, and the sink closed then. It doesn't wait.
func (q *Queue) Close() {
	q.mu.Lock()
	q.closed = true
	if !q.running {
		q.sink.Close()
	}
	q.mu.Unlock()
	q.stir()
}

func (q *Queue) run() {
	defer q.env.release()
	for {
		q.gather()
		batch := q.next()
		if batch == nil {
			return
		}
		q.write(batch)
	}
}

// next takes a batch. Without one the goroutine ends.
func (q *Queue) next() [][]byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), q.conf.Batch)
	if n == 0 {
		q.running = false
		if q.closed {
			q.sink.Close()
		}
		return nil
	}
	batch := append([][]byte(nil), q.waiting[:n]...)
	for _, r := range batch {
		q.bytes -= len(r)
	}
	rest := copy(q.waiting, q.waiting[n:])
	clear(q.waiting[rest:])
	q.waiting = q.waiting[:rest]
	return batch
}

// step is how often a waiting queue looks whether its worker wants to end.
const step = 100 * time.Millisecond

// gather waits until a batch is full or its first record has waited long enough.
func (q *Queue) gather() {
	for end := time.Now().Add(seconds(q.conf.Delay)); ; {
		q.mu.Lock()
		ready := len(q.waiting) == 0 || len(q.waiting) >= q.conf.Batch || q.closed
		q.mu.Unlock()
		left := time.Until(end)
		if ready || left <= 0 || q.env.ending() {
			return
		}
		t := time.NewTimer(min(left, step))
		select {
		case <-q.wake:
		case <-t.C:
		}
		t.Stop()
	}
}

// write writes a batch, again and again until it is given up.
func (q *Queue) write(batch [][]byte) {
	begin, pause := time.Now(), seconds(q.conf.InitialRetry)
	for {
		err := q.sink.Write(batch)
		if err == nil {
			return
		}
		if missed, ok := q.failed.Now(); ok {
			q.env.Log.Error(nil, "gateway: %s: log records can't be written (%d more failures since the last such line): %v", q.env.Name, missed, err)
		}
		if q.env.ending() || time.Since(begin)+pause > seconds(q.conf.RetryTime) {
			q.drop(len(batch), err)
			return
		}
		for wait := pause; wait > 0 && !q.env.ending(); wait -= step {
			time.Sleep(min(wait, step))
		}
		pause = min(2*pause, seconds(q.conf.MaxRetry))
	}
}

func seconds(f float64) time.Duration { return time.Duration(f * float64(time.Second)) }
