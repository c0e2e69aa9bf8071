package logging

import (
	"errors"
	"sync"
	"time"

	"moongate/gateway/plugin"
)

// Sink is where records go. One goroutine at a time calls it, which may wait; the queue is
// not locked meanwhile. It may be written to again after Close.
type Sink interface {
	// Write writes a batch and tells how many of its records, from the first on, need
	// not be written again. Without an error that is all of them. It may change their order.
	Write(batch [][]byte) (int, error)
	Close()
}

// ender is a Sink that does not cut what is on its way when it ends, and waits for that.
type ender interface{ End() }

// ErrNever is in the error of a Sink that can never write the first record of those that
// are left.
var ErrNever = errors.New("it can't be sent at all")

// ErrNone is in the error of a Sink that can never write any record of a batch.
var ErrNone = errors.New("none of it can be sent")

// Later is for the error of a Sink that says itself when to try again.
type Later interface {
	error
	After() time.Duration
}

// Queue is records on their way to a sink. A goroutine writes them while there are any,
// and holds a worker that wants to end.
type Queue struct {
	env  Env
	conf QueueConfig
	sink Sink

	mu      sync.Mutex
	waiting [][]byte
	held    int // records that are not written yet: those that wait and the batch under way
	bytes   int // of those
	running bool
	closed  bool

	wake   chan struct{} // holds one: a batch is full, or the queue is closed
	drops  drops
	failed plugin.Seldom
	end    ending // the goroutine's
}

// mostBytes is how much may wait where the configuration does not say.
const mostBytes = 64 << 20

// NewQueue makes a queue.
func NewQueue(env Env, conf QueueConfig, sink Sink) *Queue {
	if conf.Bytes <= 0 {
		conf.Bytes = mostBytes
	}
	q := &Queue{env: env, conf: conf, sink: sink, wake: make(chan struct{}, 1)}
	q.drops.env, q.end.env = &q.env, &q.env
	return q
}

// Put queues a record, which is the queue's from then on. It never waits. Requests that
// were under way when the queue was closed may still come with theirs.
func (q *Queue) Put(record []byte) {
	q.mu.Lock()
	ok := q.held < q.conf.Entries && q.bytes+len(record) <= q.conf.Bytes
	if ok {
		q.waiting = append(q.waiting, record)
		q.held++
		q.bytes += len(record)
		q.start()
	}
	enough := len(q.waiting) == q.conf.Batch
	q.mu.Unlock()
	if !ok {
		q.drops.add(1, errFull)
	} else if enough {
		q.stir()
	}
}

var errFull = errors.New("the queue is full")

// start has a goroutine at work; mu is held.
func (q *Queue) start() {
	if !q.running {
		q.running = true
		q.env.hold()
		go q.run()
	}
}

func (q *Queue) stir() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Dropped is how many records have been lost.
func (q *Queue) Dropped() int { return q.drops.count() }

// Close has what is queued written soon, and the sink ended then. It doesn't wait.
func (q *Queue) Close() {
	q.mu.Lock()
	q.closed = true
	q.start()
	q.mu.Unlock()
	q.stir()
}

func (q *Queue) run() {
	defer q.env.release()
	for {
		q.gather()
		if batch := q.next(); batch != nil {
			q.write(batch)
		} else if q.rest() {
			return
		}
	}
}

// next takes a batch, nil if nothing waits.
func (q *Queue) next() [][]byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), q.conf.Batch)
	if n == 0 {
		return nil
	}
	batch := q.waiting[:n:n]
	if q.waiting = q.waiting[n:]; len(q.waiting) == 0 {
		q.waiting = nil
	}
	return batch
}

// rest ends the goroutine, unless there is something to write again. The sink of a queue
// that is closed, or of a worker that ends, is ended before.
func (q *Queue) rest() bool {
	ending := q.env.ending()
	q.mu.Lock()
	closed := q.closed
	if !ending && !closed {
		q.running = len(q.waiting) > 0
		defer q.mu.Unlock()
		return !q.running
	}
	q.mu.Unlock()
	if ending {
		q.drops.flush()
	}
	if s, ok := q.sink.(ender); ok {
		s.End()
	} else if closed {
		q.sink.Close()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running = len(q.waiting) > 0
	return !q.running
}

// gone takes records off that are written or lost.
func (q *Queue) gone(records [][]byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held -= len(records)
	for i := range records {
		q.bytes -= len(records[i])
		records[i] = nil // the queue's slice still reaches it
	}
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
	for len(batch) > 0 && !q.end.over {
		n, err := q.sink.Write(batch)
		q.gone(batch[:n])
		batch = batch[n:]
		switch {
		case err == nil:
			return
		case errors.Is(err, ErrNone):
			q.lose(batch, err)
			return
		case errors.Is(err, ErrNever):
			q.lose(batch[:1], err)
			batch = batch[1:]
			continue
		case n > 0: // it was not in vain
			begin, pause = time.Now(), seconds(q.conf.InitialRetry)
		}
		if missed, ok := q.failed.Now(); ok {
			q.env.Log.Error(nil, "gateway: %s: %s can't be written (%d more failures since the last such line): %v", q.env.Name, q.env.things(), missed, err)
		}
		if later, ok := errors.AsType[Later](err); ok {
			pause = max(pause, min(later.After(), seconds(q.conf.MaxRetry)))
		}
		if time.Since(begin)+pause > seconds(q.conf.RetryTime) || !q.end.wait(&pause) {
			q.lose(batch, err)
			return
		}
		pause = min(2*pause, seconds(q.conf.MaxRetry))
	}
	q.lose(batch, errGivenUp)
}

var errGivenUp = errors.New("the worker ends")

func (q *Queue) lose(records [][]byte, why error) {
	if len(records) > 0 {
		q.drops.add(len(records), why)
		q.gone(records)
	}
}

func seconds(f float64) time.Duration { return time.Duration(f * float64(time.Second)) }
