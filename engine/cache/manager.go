package cache

import (
	"math"
	"sync"
	"time"

	"moongate/core/cycle"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/engine/zone"
)

const managerTitle = "cache manager process"

// loadAfter is how long the start of a server is left alone, as nginx's cache loader
// does.
const loadAfter = time.Minute

// addManager asks for the process that looks after all caches, once.
func addManager(b *cycle.Builder) {
	for i := range b.Processes {
		if b.Processes[i].Title == managerTitle {
			return
		}
	}
	b.AddProcess(cycle.Process{Title: managerTitle, Run: runManager})
}

// runManager is the life of that process: each cache has its own rounds.
func runManager(w *cycle.Worker) error {
	var all sync.WaitGroup
	defer all.Wait()
	for _, z := range zone.Of(w.Cycle).All() {
		c := Of(z)
		if c == nil || z.Kind != zone.KindCacheKeys {
			continue
		}
		c.log = w.Log
		if err := c.Open(); err != nil {
			return err
		}
		all.Go(func() { c.manage(w.Done) })
		all.Go(func() {
			if pause(loadAfter, w.Done) {
				c.load(w.Done)
			}
		})
	}
	<-w.Done
	return nil
}

// pause is false when stop comes first.
func pause(d time.Duration, stop <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		event.UpdateTime()
		return true
	case <-stop:
		return false
	}
}

// manage keeps a cache within its bounds until stop.
func (c *Cache) manage(stop <-chan struct{}) {
	for pause(max(c.round(stop), time.Millisecond), stop) {
	}
}

// round is one turn of the manager; it says when the next one is due
// (ngx_http_file_cache_manager).
func (c *Cache) round(stop <-chan struct{}) (next time.Duration) {
	r := newRound(c.Manager, stop)
	if next = c.expire(r); next == 0 {
		return c.Manager.Sleep
	}
	for c.tooMuch() {
		if wait := c.forceExpire(); wait > 0 {
			return wait
		}
		if r.stopped() {
			return next
		}
		if r.enough() {
			return c.Manager.Sleep
		}
	}
	return next
}

// tooMuch tells whether something has to go, whatever it is.
func (c *Cache) tooMuch() bool {
	x := c.index
	x.seg.Lock()
	blocks, count, watermark := x.blocks, int64(x.t.Len()), x.watermark
	x.seg.Unlock()
	if blocks >= c.maxBlocks || count >= watermark {
		return true
	}
	return c.MinFree > 0 && c.free() <= c.MinFree
}

// free is how many bytes more the file system has room for.
func (c *Cache) free() int64 {
	_, free, no := file.Space(c.Folder)
	if no != 0 {
		return math.MaxInt64
	}
	return free
}
