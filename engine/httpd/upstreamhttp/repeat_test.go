package upstreamhttp

import (
	"fmt"
	"testing"
	"time"

	"moongate/edge/sys/event"
)

func TestIntervals(t *testing.T) {
	for _, c := range []struct {
		pause, limit time.Duration
		want         string
	}{
		{0, 0, "[0s 0s 0s 0s 0s 0s]"},
		{0, time.Second, "[0s 0s 0s 0s 0s 0s]"},
		{10 * time.Millisecond, 60 * time.Millisecond, "[10ms 20ms 40ms 60ms 60ms 60ms]"},
		{10 * time.Millisecond, 0, "[10ms 10ms 10ms 10ms 10ms 10ms]"},
	} {
		u := &Upstream{Conf: &Conf{Pause: c.pause, PauseLimit: c.limit}}
		var got []time.Duration
		for u.tries = 1; u.tries <= 6; u.tries++ {
			got = append(got, u.interval())
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%v up to %v: %v, want %s", c.pause, c.limit, got, c.want)
		}
	}
	u := &Upstream{Conf: &Conf{Pause: time.Hour, PauseLimit: 24 * time.Hour}}
	if u.tries = 1 << 20; u.interval() != 24*time.Hour {
		t.Errorf("after many tries: %v", u.interval())
	}
}

func TestWhole(t *testing.T) {
	u := &Upstream{Conf: &Conf{}}
	if !u.leaves(time.Hour) || u.within(time.Minute) != time.Minute || u.within(0) != 0 {
		t.Error("without a limit everything stays")
	}
	u.Conf.Whole, u.tries, u.began = time.Second, 1, event.Mono()
	if d := u.within(time.Minute); d <= 0 || d > time.Second {
		t.Errorf("a minute becomes %v", d)
	}
	if d := u.within(0); d <= 0 || d > time.Second {
		t.Errorf("no limit becomes %v", d)
	}
	if d := u.within(time.Millisecond); d != time.Millisecond {
		t.Errorf("a millisecond becomes %v", d)
	}
	if !u.leaves(999*time.Millisecond) || u.leaves(time.Second) {
		t.Error("time is left until there is none")
	}
	u.Conf.Pause = 500 * time.Millisecond
	if !u.leaves(499*time.Millisecond) || u.leaves(500*time.Millisecond) {
		t.Error("a pause that ends too late is not made")
	}
	u.began -= time.Hour
	if d := u.within(time.Minute); d != time.Millisecond {
		t.Errorf("when the time is over: %v", d)
	}
}
