package plane

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"strings"

	"moongate/gateway/entity"
	"moongate/gateway/plugin"
)

// asked says whose clients are asked for certificates in handshakes. Before there is a
// request nobody knows its route: only the name counts that the client asks for.
type asked struct {
	all   *[]*x509.Certificate           // whatever the name; nil: not all
	names map[string][]*x509.Certificate // in lower case
}

// Asks tells whether a client that asks for a name is asked for a certificate, and the
// authorities that it is told of.
func (p *Plane) Asks(name string) ([]*x509.Certificate, bool) {
	list, ok := p.asks.names[strings.ToLower(name)]
	if p.asks.all == nil {
		return list, ok
	}
	return append(slices.Clone(*p.asks.all), list...), true
}

// ask finds out whom handshakes ask. A configuration for a route with SNIs is for those
// names; all others may be meant by any.
func (k *Keeper) ask() {
	p := &k.next
	p.asks = asked{}
	for _, i := range k.asking {
		list := p.vouching(i.Use.(plugin.Asks).Asks())
		var snis []string
		if i.Route != "" {
			if r := find[entity.Route](k.state, "routes", i.Route); r != nil {
				snis = r.SNIs
			}
		}
		if len(snis) == 0 {
			if p.asks.all == nil {
				p.asks.all = new([]*x509.Certificate)
			}
			*p.asks.all = append(*p.asks.all, list...)
			continue
		}
		for _, name := range snis {
			if p.asks.names == nil {
				p.asks.names = map[string][]*x509.Certificate{}
			}
			name = strings.ToLower(strings.TrimSuffix(name, "."))
			p.asks.names[name] = append(p.asks.names[name], list...)
		}
	}
}

// vouching are authorities by their ids.
func (p *Plane) vouching(ids []string) (list []*x509.Certificate) {
	for _, id := range ids {
		if c := p.authorities.Get(id); c != nil {
			list = append(list, c)
		}
	}
	return list
}

// authority takes a change of a CA certificate.
func (k *Keeper) authority(c *entity.Change) error {
	e, err := decode[entity.CACertificate](c)
	if err != nil {
		return err
	}
	p := &k.next
	if e == nil {
		p.authorities = p.authorities.Set(c.ID, nil)
		return nil
	}
	block, _ := pem.Decode([]byte(e.Cert))
	if block == nil {
		return errors.New("is no certificate")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return err
	}
	p.authorities = p.authorities.Set(c.ID, cert)
	return nil
}
