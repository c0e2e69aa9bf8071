package oauth

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// Who makes up tokens fills no memory and holds up nobody for ever.
func TestFlood(t *testing.T) {
	now := time.Unix(1e9, 0)
	k := &Tokens{Keep: time.Minute, Deny: time.Minute, Timeout: time.Second, Now: func() time.Time { return now }}
	no := func() (map[string]any, error) { return map[string]any{"active": false}, nil }
	for i := range 3 * mostKnown {
		if c, err := k.Find(fmt.Sprint(i), no); c != nil || err != nil {
			t.Fatal(c, err)
		}
		if len(k.known) > mostKnown {
			t.Fatalf("%d tokens are remembered", len(k.known))
		}
	}
	// What has ended makes room first.
	now = now.Add(2 * time.Minute)
	yes := func() (map[string]any, error) { return map[string]any{"active": true}, nil }
	for i := range mostKnown / 2 {
		k.Find(fmt.Sprint("good", i), yes)
	}
	for i := range mostKnown / 2 {
		k.Find(fmt.Sprint("bad", i), no)
	}
	for i := range mostKnown / 2 {
		c, err := k.Find(fmt.Sprint("good", i), func() (map[string]any, error) { return nil, errors.New("asked again") })
		if c == nil || err != nil {
			t.Fatal(i, err)
		}
	}

	k.asks = mostAsks
	if _, err := k.Find("another", yes); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
	if c, err := k.Find("good1", no); c == nil || err != nil {
		t.Errorf("one that is known: %v %v", c, err)
	}
}

// Until when answers count.
func TestEnds(t *testing.T) {
	start := time.Unix(1e9, 0)
	yes := map[string]any{"active": true}
	until := func(seconds float64) map[string]any { return map[string]any{"active": true, "exp": 1e9 + seconds} }
	for _, c := range []struct {
		keep   time.Duration
		claims map[string]any
		good   bool
		lasts  time.Duration
	}{
		{time.Minute, yes, true, time.Minute},
		{time.Minute, until(30), true, 30 * time.Second},
		{time.Minute, until(90), true, time.Minute},
		{0, until(90), true, 90 * time.Second},
		{0, yes, true, 24 * time.Hour * 365},
		{time.Minute, until(0), false, 5 * time.Second},
		{time.Minute, map[string]any{"active": true, "exp": 1e300}, true, time.Minute},
		{time.Minute, map[string]any{}, false, 5 * time.Second},
	} {
		now, asked := start, 0
		k := &Tokens{Keep: c.keep, Deny: 5 * time.Second, Timeout: time.Second, Now: func() time.Time { return now }}
		find := func() bool {
			got, err := k.Find("x", func() (map[string]any, error) { asked++; return c.claims, nil })
			return got != nil && err == nil
		}
		good := find()
		now = start.Add(c.lasts - time.Second)
		if find(); good != c.good || asked != 1 {
			t.Errorf("%v %v: %v, asked %d times within %v", c.keep, c.claims, good, asked, c.lasts)
		}
		now = start.Add(c.lasts)
		if find(); c.lasts < time.Hour && asked != 2 {
			t.Errorf("%v %v: asked %d times after %v", c.keep, c.claims, asked, c.lasts)
		}
	}
}
