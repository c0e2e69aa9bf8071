package jwt

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
	fetchTimeout = 5 * time.Second
	mostJWKS     = 1 << 20
	// pause lies between two attempts, whatever tokens say about keys that nobody knows.
	pause = 10 * time.Second
)

func fetch(c *client.Client, uri string) ([]byte, error) {
	a, err := c.Do(&client.Request{URL: uri, Header: []http1.Header{{Name: "Accept", Value: "application/json"}}})
	if err != nil {
		return nil, err
	}
	if a.Status != 200 {
		return nil, fmt.Errorf("%s answers %d", uri, a.Status)
	}
	return a.Body, nil
}

// published are the keys of an issuer. They are asked for when a request needs them, by
// one goroutine for all:
//
//	none yet            requests wait
//	older than refresh  requests go on with them, while new ones are asked for
//	an unknown key id   requests that show it wait, if the last time was long enough ago
//
// When they can't be had, those of before stay good.
type published struct {
	fetch   func() ([]byte, error)
	start   func(f func()) // on another goroutine
	failed  func(error)
	clock   func() time.Duration // event.Mono
	refresh time.Duration

	mu      sync.Mutex
	keys    []publicKey
	have    bool
	tried   time.Duration // when the last attempt began
	begun   bool          // there was one
	busy    bool
	stale   bool // the last attempt has failed
	waiting []*event.Waiter
}

// find gives the keys that may have signed a token; false when there are none at all.
func (p *published) find(t *token) ([]any, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	due := !p.begun || p.clock()-p.tried >= pause
	switch keys := p.match(t); {
	case !p.have && due, !p.have && p.busy:
		p.await()
	case p.have && len(keys) == 0 && (due || p.busy):
		p.await()
	case p.clock()-p.tried >= p.refresh, p.stale && due:
		p.begin()
	}
	return p.match(t), p.have
}

// match is called with mu held, as the others below are.
func (p *published) match(t *token) (keys []any) {
	id, _ := t.header["kid"].(string)
	a := algorithms[t.alg]
	for i := range p.keys {
		k := &p.keys[i]
		if (id == "" || k.id == id) && (k.alg == "" || k.alg == t.alg) && a.fits(k.key) {
			keys = append(keys, k.key)
		}
	}
	return keys
}

// begin asks for the keys, unless somebody does.
func (p *published) begin() {
	if p.busy {
		return
	}
	p.busy, p.begun, p.tried = true, true, p.clock()
	p.start(p.load)
}

// await waits for the end of an attempt. mu is not held meanwhile.
func (p *published) await() {
	p.begin()
	w := new(event.Waiter)
	p.waiting = append(p.waiting, w)
	p.mu.Unlock()
	w.WaitTimeout(fetchTimeout)
	p.mu.Lock()
}

func (p *published) load() {
	body, err := p.fetch()
	var keys []publicKey
	if err == nil {
		if keys, err = parseSet(body); err == nil && len(keys) == 0 {
			err = errors.New("there is no key of use in the answer")
		}
	}
	if err != nil {
		p.failed(err)
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
