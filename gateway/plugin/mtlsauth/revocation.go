package mtlsauth

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/client"
	"moongate/gateway/plugin"
)

// revocation finds out whether certificates have been taken back: a responder is asked
// first (OCSP), then lists (CRL), both where the certificate says. What they say is
// remembered, and asked for again in the background.
type revocation struct {
	fetch func(q *client.Request) ([]byte, error)
	now   func() time.Time
	lists recall[listKey, *list]
	said  recall[saidKey, status]
}

// status is what is known of a certificate.
type status int

const (
	unknown status = iota
	good
	revoked
)

var errRevoked = errors.New("has been revoked")

// newRevocation asks by a client.
func newRevocation(e *plugin.Env, c *client.Client, fresh time.Duration) *revocation {
	i := &revocation{now: event.Now}
	i.fetch = func(q *client.Request) ([]byte, error) {
		a, err := c.Do(q)
		if err != nil {
			return nil, err
		}
		if a.Status != 200 {
			return nil, fmt.Errorf("%s answers %d", q.URL, a.Status)
		}
		return a.Body, nil
	}
	i.remember(e.Worker.Loop.Go, fresh, c.Timeout)
	return i
}

func (i *revocation) remember(start func(f func()), fresh, timeout time.Duration) {
	i.lists = recall[listKey, *list]{most: mostLists, fresh: fresh, wait: timeout + time.Second, start: start, now: i.now, ask: i.askList}
	i.said = recall[saidKey, status]{most: mostSaid, fresh: fresh, wait: timeout + time.Second, start: start, now: i.now, ask: i.askResponder}
}

// judge looks at each certificate of a path but the last one, whom nobody but us vouches
// for. With strict all of them must be known to be good, but for those that we have
// ourselves, as one of cas: these are taken back by taking them away.
func (i *revocation) judge(path, cas []*x509.Certificate, strict bool) error {
	for n, c := range path[:len(path)-1] {
		s, err := i.of(c, path[n+1])
		ours := slices.ContainsFunc(cas, func(ca *x509.Certificate) bool { return ca != nil && ca.Equal(c) })
		switch {
		case s == revoked:
			return fmt.Errorf("%q %w", c.Subject, errRevoked)
		case s == unknown && strict && !ours:
			return fmt.Errorf("nobody says whether %q is good: %w", c.Subject, err)
		}
	}
	return nil
}

// of is what is known of a certificate; unknown comes with why.
func (i *revocation) of(c, issuer *x509.Certificate) (status, error) {
	s, err := i.asked(c, issuer)
	if s != unknown {
		return s, nil
	}
	s, err2 := i.onList(c, issuer)
	if s != unknown {
		return s, nil
	}
	return unknown, errors.Join(err, err2)
}
