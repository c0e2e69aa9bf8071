package live

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// A histogram has eight buckets for each doubling of the time, from a microsecond on: a
// percentile is at most one part in eight away from the truth.
//
//	0 1 2 ... 7 | 8 9 ... 15 | 16-17 18-19 ... 30-31 | 32-35 ...  microseconds
const (
	perDoubling = 8
	doublings   = 24 // up to two minutes; what takes longer is in the last bucket
	numBuckets  = perDoubling * (doublings + 1)
)

// Histogram is how often something took how long, in shared memory.
type Histogram [numBuckets]atomic.Uint32

// Add counts a duration.
func (h *Histogram) Add(took time.Duration) { h[bucket(took)].Add(1) }

func bucket(took time.Duration) int {
	us := uint64(max(0, took.Microseconds()))
	if us < perDoubling {
		return int(us)
	}
	shift := bits.Len64(us) - 4 // so that us>>shift is 8 to 15
	return min(perDoubling*shift+int(us>>shift), numBuckets-1)
}

// middle is the middle of a bucket, in milliseconds.
func middle(i int) float64 {
	if i < perDoubling {
		return float64(i) / 1000
	}
	shift := i/perDoubling - 1
	low := uint64(perDoubling+i%perDoubling) << shift
	return (float64(low) + float64(uint64(1)<<shift-1)/2) / 1000
}

// Times is a histogram's counts, or what has been added to it between two readings.
type Times [numBuckets]uint32

// Merge adds what others took.
func (t *Times) Merge(o *Times) {
	for i, n := range o {
		t[i] += n
	}
}

// Count is how many durations there are.
func (t *Times) Count() (n uint64) {
	for _, c := range t {
		n += uint64(c)
	}
	return n
}

// Percentile is the time in milliseconds that p per cent took no longer than; 0 of none.
func (t *Times) Percentile(p float64) float64 {
	n := t.Count()
	if n == 0 {
		return 0
	}
	rank := max(1, uint64(p/100*float64(n)+0.999999)) // the nearest rank, from 1
	for i, c := range t {
		if uint64(c) >= rank {
			return middle(i)
		}
		rank -= uint64(c)
	}
	return middle(numBuckets - 1)
}

// since gives what was added to a histogram since it was read last, and reads it.
func (t *Times) since(h *Histogram, sum *Times) {
	for i := range h {
		if n := h[i].Load(); n != t[i] {
			sum[i] += n - t[i]
			t[i] = n
		}
	}
}
