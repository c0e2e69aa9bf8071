package futex

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	waits := map[string]func(*uint32, uint32, time.Duration) bool{"Wait": Wait, "WaitBriefly": WaitBriefly}
	for name, wait := range waits {
		t.Run(name, func(t *testing.T) {
			var word uint32 = 7
			if wait(&word, 8, time.Minute) {
				t.Fatal("timed out although the value differs")
			}
			if !wait(&word, 7, time.Millisecond) {
				t.Fatal("no time-out although nobody wakes")
			}
		})
	}
}

func TestWake(t *testing.T) {
	var word, awake uint32
	done := make(chan bool)
	go func() {
		for atomic.LoadUint32(&word) == 0 {
			Wait(&word, 0, time.Minute)
		}
		atomic.StoreUint32(&awake, 1)
		close(done)
	}()
	atomic.StoreUint32(&word, 1)
	for atomic.LoadUint32(&awake) == 0 {
		Wake(&word, 1)
	}
	<-done
}

func BenchmarkPause(b *testing.B) {
	for b.Loop() {
		Pause(1)
	}
}
