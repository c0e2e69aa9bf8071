package mtlsauth

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"slices"
	"sync"
	"time"

	"moongate/edge/sys/event"
)

// checked remembers certificates that were good: a connection has many requests. It is
// forgotten when the authorities are other ones, and when it is full.
type checked struct {
	mu   sync.Mutex
	cas  []*x509.Certificate // by which it has been judged
	good map[[sha256.Size]byte]verdict
}

// verdict is that a certificate was good, at that time and by those authorities.
type verdict struct {
	by    []string // ids of ca_certificates
	until time.Time
}

const mostChecked = 4096

var errAuthorities = errors.New("none of ca_certificates is there")

// verify tells which of our authorities vouch for a chain, as the client has shown it.
func (i *instance) verify(chain []*x509.Certificate) ([]string, error) {
	known := i.env.Known()
	cas := make([]*x509.Certificate, len(i.CAs))
	for k, id := range i.CAs {
		cas[k] = known.Authority(id)
	}
	key, now := digest(chain), event.Now()
	i.mu.Lock()
	if !slices.Equal(i.cas, cas) || len(i.good) >= mostChecked {
		i.cas, i.good = cas, map[[sha256.Size]byte]verdict{}
	}
	good := i.good // that of these authorities
	v, ok := good[key]
	i.mu.Unlock()
	if ok && now.Before(v.until) {
		return v.by, nil
	}
	by, err := i.judge(chain, cas, now)
	if err != nil {
		return nil, err
	}
	until := now.Add(i.keep)
	for _, c := range chain { // nothing is good for longer than it says
		if c.NotAfter.Before(until) {
			until = c.NotAfter
		}
	}
	i.mu.Lock()
	good[key] = verdict{by, until}
	i.mu.Unlock()
	return by, nil
}

func digest(chain []*x509.Certificate) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, c := range chain {
		h.Write(c.Raw)
	}
	h.Sum(sum[:0])
	return sum
}

// judge looks for a way from a certificate to one of ours. Those of ours that are not
// self-signed are only steps on it, unless partial chains are allowed.
func (i *instance) judge(chain, cas []*x509.Certificate, now time.Time) ([]string, error) {
	o := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	trusted := false
	for _, c := range cas {
		switch {
		case c == nil:
		case i.Partial || bytes.Equal(c.RawIssuer, c.RawSubject):
			o.Roots.AddCert(c)
			trusted = true
		default:
			o.Intermediates.AddCert(c)
		}
	}
	if !trusted {
		return nil, errAuthorities
	}
	for _, c := range chain[1:] {
		o.Intermediates.AddCert(c)
	}
	found, err := chain[0].Verify(o)
	if err != nil {
		return nil, err
	}
	var by []string
	for _, c := range found[0][1:] {
		for k, ca := range cas {
			if ca != nil && ca.Equal(c) {
				by = append(by, i.CAs[k])
			}
		}
	}
	return by, nil
}
