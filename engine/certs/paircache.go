package certs

import (
	"container/list"
	"crypto/tls"
	"os"
	"strings"
	"sync"
	"time"

	"moongate/core/config/directive"
)

// PairCache is ssl_certificate_cache and proxy_ssl_certificate_cache: certificates that are read while clients
// wait, kept for some time. What was used last stands in front. nginx counts
// certificates and keys as an element each, so a pair counts twice.
type PairCache struct {
	max             int
	inactive, valid time.Duration

	mu    sync.Mutex
	byKey map[[2]string]*list.Element
	order *list.List
}

type cachedPair struct {
	key           [2]string
	pair          *tls.Certificate
	used, checked time.Time
	stamps        [2]time.Time
	sizes         [2]int64
}

// ParsePairCache reads a directive (ngx_http_ssl_certificate_cache); nil is "off".
func ParsePairCache(c *directive.Call) (*PairCache, error) {
	p := &PairCache{inactive: 10 * time.Second, valid: time.Minute}
	off := false
	for _, a := range c.Args {
		ok := false
		switch {
		case strings.HasPrefix(a, "max="):
			p.max, ok = directive.ParseInt(a[len("max="):])
			ok = ok && p.max > 0
		case strings.HasPrefix(a, "inactive="):
			p.inactive, ok = directive.ParseSec(a[len("inactive="):])
		case strings.HasPrefix(a, "valid="):
			p.valid, ok = directive.ParseSec(a[len("valid="):])
		case a == "off":
			off, ok = true, true
		}
		if !ok {
			return nil, directive.Errorf("invalid parameter \"%s\"", a)
		}
	}
	if off {
		return nil, nil
	}
	if p.max == 0 {
		return nil, directive.Errorf("\"%s\" must have the \"max\" parameter", c.Name)
	}
	p.byKey, p.order = map[[2]string]*list.Element{}, list.New()
	return p, nil
}

// Pair is a pair from the cache, or without one from the files. After "valid" the files are looked at again and
// read anew when they have changed.
func (p *PairCache) Pair(cert, key string, passwords [][]byte) (*tls.Certificate, error) {
	if p == nil || strings.HasPrefix(cert, "data:") {
		return LoadPair(cert, key, passwords)
	}
	name, now := [2]string{cert, key}, time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.byKey[name]; e != nil {
		c := e.Value.(*cachedPair)
		if now.Sub(c.checked) < p.valid || c.unchanged() {
			if now.Sub(c.checked) >= p.valid {
				c.checked = now
			}
			c.used = now
			p.order.MoveToFront(e)
			return c.pair, nil
		}
		p.drop(e)
	}
	locked := false
	r := reader(func(name string) ([]byte, error) {
		text, err := os.ReadFile(name)
		locked = locked || encrypted(text)
		return text, err
	})
	pair, err := r.pair(cert, key, passwords)
	if err != nil || locked {
		// A key with a password is for those who know it, each time.
		return pair, err
	}
	for e := p.order.Back(); e != nil && (2*p.order.Len()+2 > p.max || now.Sub(e.Value.(*cachedPair).used) > p.inactive); e = p.order.Back() {
		p.drop(e)
	}
	c := &cachedPair{key: name, pair: pair, used: now, checked: now}
	c.look()
	p.byKey[name] = p.order.PushFront(c)
	return pair, nil
}

func (p *PairCache) drop(e *list.Element) {
	p.order.Remove(e)
	delete(p.byKey, e.Value.(*cachedPair).key)
}

func (c *cachedPair) look() {
	for i, n := range c.key {
		if fi, err := os.Stat(n); err == nil {
			c.stamps[i], c.sizes[i] = fi.ModTime(), fi.Size()
		}
	}
}

func (c *cachedPair) unchanged() bool {
	for i, n := range c.key {
		fi, err := os.Stat(n)
		if err != nil || !fi.ModTime().Equal(c.stamps[i]) || fi.Size() != c.sizes[i] {
			return false
		}
	}
	return true
}
