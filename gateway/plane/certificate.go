package plane

import (
	"crypto/tls"
	"strings"

	"moongate/engine/certs"
	"moongate/gateway/entity"
)

// shown is which certificate a name has.
type shown struct{ sni, certificate string } // ids

// Certificates are those that the gateway has for a name in a handshake, "" where the
// client has named none; nil when it has none. As in Kong the whole name counts first, then
// one with * in place of its first label, then of its last, then * alone.
func (p *Plane) Certificates(name string) []*tls.Certificate {
	name = strings.ToLower(name)
	if name != "" {
		if list := p.named(name); list != nil {
			return list
		}
		if _, rest, ok := strings.Cut(name, "."); ok {
			if list := p.named("*." + rest); list != nil {
				return list
			}
		}
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			if list := p.named(name[:i] + ".*"); list != nil {
				return list
			}
		}
	}
	return p.named("*")
}

func (p *Plane) named(name string) []*tls.Certificate {
	s := p.snis.Get(name)
	if s == nil {
		return nil
	}
	if list := p.pairs.Get(s.certificate); list != nil {
		return *list
	}
	return nil
}

// certificate takes a change of a certificate: keys are read now, not in handshakes.
func (k *Keeper) certificate(c *entity.Change) error {
	e, err := decode[entity.Certificate](c)
	if err != nil {
		return err
	}
	p := &k.next
	if e == nil {
		p.pairs = p.pairs.Set(c.ID, nil)
		return nil
	}
	var list []*tls.Certificate
	for _, pair := range [][2]string{{e.Cert, e.Key}, {e.CertAlt, e.KeyAlt}} {
		if pair[0] == "" {
			continue
		}
		one, err := certs.LoadPair("data:"+pair[0], "data:"+pair[1], nil)
		if err != nil {
			return err
		}
		list = append(list, one)
	}
	p.pairs = p.pairs.Set(c.ID, &list)
	return nil
}

// sni takes a change of a name. Another SNI may have taken the old name in the same
// revision.
func (k *Keeper) sni(c *entity.Change) error {
	was, err := decodeRaw[entity.SNI](c, c.Old)
	if err != nil {
		return err
	}
	now, err := decode[entity.SNI](c)
	if err != nil {
		return err
	}
	p := &k.next
	if was != nil {
		if name := strings.ToLower(was.Name); p.snis.Get(name) != nil && p.snis.Get(name).sni == c.ID {
			p.snis = p.snis.Set(name, nil)
		}
	}
	if now != nil && now.Certificate != nil {
		p.snis = p.snis.Set(strings.ToLower(now.Name), &shown{c.ID, now.Certificate.ID})
	}
	return nil
}
