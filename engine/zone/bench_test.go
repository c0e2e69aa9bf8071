package zone

import (
	"fmt"
	"testing"
)

func filled(b *testing.B) *Dict {
	_, d := dogs(b, 16<<20)
	for i := range 50000 {
		d.Set(key(i), hello(i), 0, 1)
		d.Set("n"+key(i), num(1), 0, 1)
	}
	return d
}

func BenchmarkDictGet(b *testing.B) {
	d, buf := filled(b), make([]byte, 0, 128)
	b.ReportAllocs()
	for b.Loop() {
		d.Get("key_777", 1, buf)
	}
}

func BenchmarkDictIncr(b *testing.B) {
	d := filled(b)
	b.ReportAllocs()
	for b.Loop() {
		d.Incr("nkey_777", 1, Init{}, 1)
	}
}

// Any key of 100,000, in turn: mostly out of the processor's caches.
func BenchmarkDictIncrSpread(b *testing.B) {
	d := filled(b)
	keys := make([]string, 50000)
	for i := range keys {
		keys[i] = fmt.Sprint("nkey_", i*7919%50000)
	}
	i := 0
	for b.Loop() {
		d.Incr(keys[i%50000], 1, Init{}, 1)
		i++
	}
}

func BenchmarkDictSet(b *testing.B) {
	d, v := filled(b), hello(5)
	b.ReportAllocs()
	for b.Loop() {
		d.Set("key_777", v, 0, 1)
	}
}

func BenchmarkReq(b *testing.B) {
	q := reqZone(b, 1e9, 1<<20)
	limits, keys := []ReqLimit{{q, 1 << 40, 1 << 40}}, []string{"\x7f\x00\x00\x01"}
	b.ReportAllocs()
	now := int64(1e6)
	for b.Loop() {
		now++
		CheckReq(limits, keys, now)
	}
}
