package jose

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/gateway/client"
)

const (
	// FetchTimeout is how long it may take to get keys, MostSet how long a set may be.
	FetchTimeout = 5 * time.Second
	MostSet      = 1 << 20
	// Pause is the usual Published.Pause.
	Pause = 10 * time.Second
)

// Fetch gets a document of JSON.
func Fetch(c *client.Client, uri string) ([]byte, error) {
	a, err := c.Do(&client.Request{URL: uri, Header: []http1.Header{{Name: "Accept", Value: "application/json"}}})
	if err != nil {
		return nil, err
	}
	if a.Status != 200 {
		return nil, fmt.Errorf("%s answers %d", uri, a.Status)
	}
	return a.Body, nil
}

// Published are the keys of an issuer. They are asked for when a request needs them, by
// one goroutine for all:
//
//	none yet            requests wait
//	older than refresh  requests go on with them, while new ones are asked for
//	an unknown key id   requests that show it wait, if the last time was long enough ago
//
// When they can't be had, those of before stay good.
type Published struct {
	Fetch   func() ([]byte, error)
	Start   func(f func()) // on another goroutine
	Failed  func(error)
	Clock   func() time.Duration // event.Mono
	Refresh time.Duration
	// Pause lies between two attempts, whatever tokens say about keys that nobody knows.
	Pause time.Duration

	mu      sync.Mutex
	keys    []Key
	have    bool
	tried   time.Duration // when the last attempt began
	begun   bool          // there was one
	busy    bool
	stale   bool // the last attempt has failed
	waiting []*event.Waiter
}

// Find gives the keys that may have signed a token; false when there are none at all.
func (p *Published) Find(t *Token) ([]any, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	due := !p.begun || p.Clock()-p.tried >= p.Pause
	switch keys := p.match(t); {
	case !p.have && due, !p.have && p.busy:
		p.await()
	case p.have && len(keys) == 0 && (due || p.busy):
		p.await()
	case p.Clock()-p.tried >= p.Refresh, p.stale && due:
		p.begin()
	}
	return p.match(t), p.have
}

// Ready tells whether there are keys, and waits for the first ones.
func (p *Published) Ready() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch due := !p.begun || p.Clock()-p.tried >= p.Pause; {
	case !p.have && (due || p.busy):
		p.await()
	case p.have && (p.Clock()-p.tried >= p.Refresh || p.stale && due):
		p.begin()
	}
	return p.have
}

// match is called with mu held, as the others below are.
func (p *Published) match(t *Token) (keys []any) {
	id, _ := t.Header["kid"].(string)
	a := algorithms[t.Alg]
	for i := range p.keys {
		k := &p.keys[i]
		if (id == "" || k.ID == id) && (k.Alg == "" || k.Alg == t.Alg) && a.fits(k.Public) {
			keys = append(keys, k.Public)
		}
	}
	return keys
}

// begin asks for the keys, unless somebody does.
func (p *Published) begin() {
	if p.busy {
		return
	}
	p.busy, p.begun, p.tried = true, true, p.Clock()
	p.Start(p.load)
}

// await waits for the end of an attempt. mu is not held meanwhile.
func (p *Published) await() {
	p.begin()
	w := new(event.Waiter)
	p.waiting = append(p.waiting, w)
	p.mu.Unlock()
	w.WaitTimeout(FetchTimeout)
	p.mu.Lock()
}

func (p *Published) load() {
	body, err := p.Fetch()
	var keys []Key
	if err == nil {
		if keys, err = ParseSet(body); err == nil && len(keys) == 0 {
			err = errors.New("there is no key of use in the answer")
		}
	}
	if err != nil {
		p.Failed(err)
	}
	p.mu.Lock()
	if err == nil {
		p.keys, p.have = keys, true
	}
	p.busy, p.stale = false, err != nil
	for _, w := range p.waiting {
		w.Wake()
	}
	p.waiting = nil
	p.mu.Unlock()
}
