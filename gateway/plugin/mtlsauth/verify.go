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
	paths [][]*x509.Certificate // to authorities of ours
	until time.Time
}

// mostPaths is how many ways to our authorities are looked at.
const mostPaths = 4

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
		return i.standing(v.paths, cas)
	}
	paths, err := i.judge(chain, cas, now)
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
	good[key] = verdict{paths, until}
	i.mu.Unlock()
	return i.standing(paths, cas)
}

// standing tells which of our authorities stand on the first path of which nothing has been
// taken back since.
func (i *instance) standing(paths [][]*x509.Certificate, cas []*x509.Certificate) (by []string, err error) {
	for _, path := range paths {
		if i.revoked != nil {
			if err = i.revoked.judge(path, cas, i.Mode == "STRICT"); err != nil {
				continue
			}
		}
		for _, c := range path[1:] {
			for k, ca := range cas {
				if ca != nil && ca.Equal(c) {
					by = append(by, i.CAs[k])
				}
			}
		}
		return by, nil
	}
	return nil, err
}

func digest(chain []*x509.Certificate) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, c := range chain {
		h.Write(c.Raw)
	}
	h.Sum(sum[:0])
	return sum
}

// judge looks for ways from a certificate to one of ours. Those of ours that are not
// self-signed are only steps on it, unless partial chains are allowed.
func (i *instance) judge(chain, cas []*x509.Certificate, now time.Time) ([][]*x509.Certificate, error) {
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
	return found[:min(len(found), mostPaths)], nil
}
