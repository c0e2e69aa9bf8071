package plane

import (
	"moongate/gateway/entity"
	"moongate/gateway/trie"
)

// identity takes changes of consumers and what they show. Other kinds are no affair of
// workers'.
func (k *Keeper) identity(c *entity.Change) error {
	p := &k.next
	switch c.Kind {
	case "consumers":
		return k.consumer(c)
	case "keyauth_credentials":
		return credential(c, &p.keyAuths, func(e *entity.KeyAuth) string { return e.Key })
	case "basicauth_credentials":
		return credential(c, &p.basicAuths, func(e *entity.BasicAuth) string { return e.Username })
	case "jwt_secrets":
		return credential(c, &p.jwtSecrets, func(e *entity.JWTSecret) string { return e.Key })
	case "mtls_auth_credentials":
		return credential(c, &p.mtlsAuths, func(e *entity.MTLSAuth) string {
			if e.Authority == nil {
				return mtlsKey(e.Subject, "")
			}
			return mtlsKey(e.Subject, e.Authority.ID)
		})
	case "hmacauth_credentials":
		return credential(c, &p.hmacAuths, func(e *entity.HMACAuth) string { return e.Username })
	}
	return nil
}

// mtlsKey is by which a certificate's holder is found: a name in it, and who vouches for it,
// "" for whoever does.
func mtlsKey(subject, authority string) string { return authority + " " + subject }

// credential keeps what is shown by what is shown.
func credential[T any](c *entity.Change, m *trie.Map[T], key func(*T) string) error {
	was, err := decodeRaw[T](c, c.Old)
	if err != nil {
		return err
	}
	now, err := decode[T](c)
	if err != nil {
		return err
	}
	if was != nil && (now == nil || key(was) != key(now)) {
		setBy(m, key(was), nil)
	}
	if now != nil {
		setBy(m, key(now), now)
	}
	return nil
}

func (k *Keeper) consumer(c *entity.Change) error {
	p := &k.next
	was, err := decodeRaw[entity.Consumer](c, c.Old)
	if err != nil {
		return err
	}
	now, err := decode[entity.Consumer](c)
	if err != nil {
		return err
	}
	if was != nil {
		for _, name := range []string{was.Username, was.CustomID} {
			setBy(&p.consumerNames, name, nil)
		}
	}
	p.consumers = p.consumers.Set(c.ID, now)
	if now != nil {
		for _, name := range []string{now.CustomID, now.Username} {
			setBy(&p.consumerNames, name, now)
		}
	}
	return nil
}

func (k *Keeper) acl(c *entity.Change) error {
	for _, raw := range [][]byte{c.Old, c.New} {
		e, err := decodeRaw[entity.ACL](c, raw)
		if err != nil {
			return err
		}
		if e == nil || e.Consumer == nil {
			continue
		}
		var groups []string
		for d := range k.state.Children("acls", "consumer", e.Consumer.ID) {
			if a, err := entity.Decode[entity.ACL](d); err == nil {
				groups = append(groups, a.Group)
			}
		}
		var list *[]string
		if groups != nil {
			list = &groups
		}
		k.next.groups = k.next.groups.Set(e.Consumer.ID, list)
	}
	return nil
}
