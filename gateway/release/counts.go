package release

import (
	"math"
	"math/bits"
	"time"
)

// Buckets is how many buckets a histogram of latencies has. Up to 16 µs each microsecond has its own, above that each doubling
// has 16 of equal width, up to 268 s: the middle of a bucket is at most 3.2 % away from what was counted there.
const Buckets = 400

// Counts is what happened to one variant. They are plain numbers: those of several workers and nodes are added up by Merge.
type Counts struct {
	Requests, Errors uint64
	Latency          [Buckets]uint32
}

// Add counts one request.
func (c *Counts) Add(took time.Duration, failed bool) {
	c.Requests++
	if failed {
		c.Errors++
	}
	c.Latency[Bucket(took)]++
}

// Merge adds what others counted.
func (c *Counts) Merge(o *Counts) {
	c.Requests += o.Requests
	c.Errors += o.Errors
	for i, n := range o.Latency {
		c.Latency[i] += n
	}
}

// ErrorRate is the percentage of requests that failed.
func (c *Counts) ErrorRate() float64 {
	if c.Requests == 0 {
		return 0
	}
	return float64(c.Errors) / float64(c.Requests) * 100
}

// Quantile is the latency that the part q of all requests did not exceed; 0.95 is the p95.
func (c *Counts) Quantile(q float64) time.Duration {
	total := uint64(0)
	for _, n := range c.Latency {
		total += uint64(n)
	}
	left := uint64(math.Ceil(q * float64(total)))
	for i, n := range c.Latency {
		if n > 0 && left <= uint64(n) {
			return middle(i)
		}
		left -= min(left, uint64(n))
	}
	return 0
}

// Bucket is where a latency is counted.
func Bucket(took time.Duration) int {
	us := uint64(max(0, took.Microseconds()))
	doublings := max(0, bits.Len64(us)-5) // us>>doublings is below 32
	return min(doublings*16+int(us>>doublings), Buckets-1)
}

func middle(bucket int) time.Duration {
	doublings := max(0, bucket/16-1)
	low, width := (bucket-doublings*16)<<doublings, 1<<doublings
	return time.Duration(low)*time.Microsecond + time.Duration(width-1)*time.Microsecond/2
}
