package logging

import (
	"sync"
	"time"

	"moongate/gateway/meter"
)

// drops counts records that are lost, and tells of them in the error log: at once of the
// first, then once a second of those that were lost meanwhile.
type drops struct {
	env    *Env
	series meter.Series

	mu        sync.Mutex
	all, told int
	why       error
	quiet     bool // until the second is over
}

func (d *drops) add(n int, why error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all += n
	if t := d.env.Meter; t != nil {
		if b := d.series.In(t, meter.Key{Kind: meter.OfPlugin, IDs: [3]string{d.env.Plugin()}}); b != nil {
			b.Lost.Add(uint64(n))
		}
	}
	d.why = why
	if !d.quiet {
		d.tell()
		d.pause()
	}
}

func (d *drops) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.all
}

// flush tells what has not been told.
func (d *drops) flush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.all > d.told {
		d.tell()
	}
}

func (d *drops) tell() {
	d.env.Log.Error(nil, "gateway: %s: %d %s are dropped (%d so far): %v", d.env.Name, d.all-d.told, d.env.things(), d.all, d.why)
	d.told = d.all
}

func (d *drops) pause() {
	d.quiet = true
	time.AfterFunc(time.Second, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.quiet = false; d.all > d.told {
			d.tell()
			d.pause()
		}
	})
}
