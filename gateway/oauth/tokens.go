package oauth

import (
	"crypto/sha256"
	"errors"
	"math"
	"sync"
	"time"

	"moongate/edge/sys/event"
)

// Tokens knows what a server says of tokens, for a while. Several requests that show the
// same token ask once. It is one worker's.
type Tokens struct {
	// Keep is how long an answer counts, or until the token ends; 0: until then. Deny is
	// how long a token that is not active is not asked about again.
	Keep, Deny time.Duration
	Timeout    time.Duration // of a question
	Now        func() time.Time

	mu    sync.Mutex
	known map[[sha256.Size]byte]*one
	asks  int
}

const (
	// mostKnown is how many tokens are remembered, mostAsks how many are asked about at the
	// same time: who shows tokens that he has made up gets so far.
	mostKnown = 10000
	mostAsks  = 256
)

// ErrBusy says that too many tokens are being asked about.
var ErrBusy = errors.New("too many tokens are being asked about")

// one is a token: asked about, or known until end.
type one struct {
	claims  map[string]any // nil: not active
	err     error
	end     time.Time
	asking  bool
	waiting []*event.Waiter
}

// Find tells what is said of a token: nil of one that is not good. ask asks the server,
// whose answer says by "active" whether it is. What Find returns must not be changed.
func (t *Tokens) Find(token string, ask func() (map[string]any, error)) (map[string]any, error) {
	sum := sha256.Sum256([]byte(token))
	t.mu.Lock()
	defer t.mu.Unlock()
	o := t.known[sum]
	switch {
	case o != nil && o.asking:
		w := new(event.Waiter)
		o.waiting = append(o.waiting, w)
		t.mu.Unlock()
		w.WaitTimeout(t.Timeout)
		t.mu.Lock()
		if o.asking {
			return nil, errors.New("nothing is heard of the server")
		}
		return o.claims, o.err
	case o != nil && t.Now().Before(o.end):
		return o.claims, nil
	case t.asks >= mostAsks:
		return nil, ErrBusy
	}
	return t.ask(sum, ask)
}

// ask is called with mu held, which it gives back meanwhile.
func (t *Tokens) ask(sum [sha256.Size]byte, ask func() (map[string]any, error)) (map[string]any, error) {
	o := &one{asking: true}
	t.room()
	t.known[sum] = o
	t.asks++
	t.mu.Unlock()
	claims, err := ask()
	t.mu.Lock()
	t.asks--
	o.asking = false
	for _, w := range o.waiting {
		w.Wake()
	}
	o.waiting = nil
	if err != nil {
		o.err = err
		delete(t.known, sum)
		return nil, err
	}
	now := t.Now()
	if active, _ := claims["active"].(bool); active && !ended(claims, now) {
		o.claims, o.end = claims, t.end(claims, now)
	} else {
		o.end = now.Add(t.Deny)
	}
	return o.claims, nil
}

// end is until when an answer counts.
func (t *Tokens) end(claims map[string]any, now time.Time) time.Time {
	end := now.Add(t.Keep)
	exp, ok := expiry(claims)
	switch {
	case t.Keep > 0 && (!ok || end.Before(exp)):
		return end
	case ok:
		return exp
	}
	return now.Add(math.MaxInt64)
}

func ended(claims map[string]any, now time.Time) bool {
	exp, ok := expiry(claims)
	return ok && !now.Before(exp)
}

func expiry(claims map[string]any) (time.Time, bool) {
	exp, ok := claims["exp"].(float64)
	if !ok || exp > 1<<40 || exp < 0 {
		return time.Time{}, false
	}
	return time.Unix(int64(exp), 0), true
}

// room makes room for one more: what has ended goes, then whatever comes first.
func (t *Tokens) room() {
	if t.known == nil {
		t.known = map[[sha256.Size]byte]*one{}
	}
	if len(t.known) < mostKnown {
		return
	}
	now := t.Now()
	for sum, o := range t.known {
		if !o.asking && !now.Before(o.end) {
			delete(t.known, sum)
		}
	}
	for sum, o := range t.known {
		if len(t.known) < mostKnown*9/10 {
			break
		}
		if !o.asking {
			delete(t.known, sum)
		}
	}
}
