package openidconnect

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/oauth"
	"moongate/gateway/plugin"
	"moongate/gateway/sessions"
)

// Many requests may come with a session whose access token is about to end, to all workers
// of a node. A refresh token is good once: one request changes it, the others wait for what
// it gets. In memory that workers share there is for each refresh token, by its digest,
//
//	a mark                that somebody is asking; it ends by itself
//	the tokens, sealed    for a while, for those that still come with the old cookie
//	a refusal             the same for that the provider has said no
//
// which bells announce. Who throws all kept answers out (DELETE /proxy-cache) throws these
// out too: those that still come with an old cookie then log in again.
const (
	asking  = 'a'
	gotten  = 'g'
	refused = 'r'

	keptRenewed = 2 * time.Minute
)

var errRefused = &oauth.Denied{Status: 400, Code: "invalid_grant", Text: "said before"}

// unexpected is a status that nobody can make anything of.
func unexpected(status int) error { return fmt.Errorf("the server answers %d", status) }

// renew gives the tokens that those of a session have been changed for, or are now. The
// session gets them.
func (i *instance) renew(x *plugin.Context, ss *sessions.Session, t *tokens) (*tokens, error) {
	sum := sha256.Sum256([]byte(t.Refresh))
	h := hold{
		key:   "openid-connect:" + i.id + ":" + base64.RawURLEncoding.EncodeToString(sum[:16]),
		bell:  binary.LittleEndian.Uint64(sum[:]),
		keep:  func(*tokens) time.Duration { return keptRenewed },
		deny:  keptRenewed,
		final: refuses,
	}
	if i.store.Shared() {
		return i.once(h, func() (*tokens, error) { return i.changeHeld(x, ss, t) })
	}
	fresh, err := i.once(h, func() (*tokens, error) { return i.change(t) })
	if err == nil {
		i.keep(x, ss, fresh)
	}
	return fresh, err
}

// keep writes tokens into their session. Where that fails the others still know them.
func (i *instance) keep(x *plugin.Context, ss *sessions.Session, t *tokens) {
	data, err := json.Marshal(t)
	if err == nil {
		ss.Data = data
		err = i.store.Save(x, ss, true)
	}
	if err != nil {
		i.failed("a session is not kept", err)
	}
}

// changeHeld is change for a session that other nodes know too: it may be that one of them
// has changed its tokens, or ended it.
func (i *instance) changeHeld(x *plugin.Context, ss *sessions.Session, t *tokens) (*tokens, error) {
	current, release, err := i.store.Hold(ss, i.client.Timeout+time.Second)
	if err != nil {
		return nil, err
	}
	defer release()
	if current == nil {
		return nil, errRefused
	}
	if theirs := read(current); theirs != nil && theirs.Refresh != t.Refresh {
		return theirs, nil
	}
	fresh, err := i.change(t)
	if err == nil {
		i.keep(x, current, fresh)
	}
	return fresh, err
}

// hold is how workers share what comes of a question to the provider.
type hold struct {
	key   string
	bell  uint64
	keep  func(*tokens) time.Duration // for how long tokens are theirs
	deny  time.Duration               // and a refusal is
	final func(error) bool            // tells which errors are one
}

// once has the provider asked, unless somebody does or has.
func (i *instance) once(h hold, question func() (*tokens, error)) (*tokens, error) {
	var w event.Waiter
	ear := zone.Listener{Wake: w.Wake}
	i.env.Bells.Listen(&ear, h.bell)
	defer i.env.Bells.Leave(&ear)
	most := i.client.Timeout + time.Second
	for end := event.Mono() + 2*most; event.Mono() < end; {
		_, err := i.env.Cache.Add(h.key, zone.Value{Type: zone.String, Str: []byte{asking}}, most.Milliseconds(), now())
		if !errors.Is(err, zone.ErrExists) {
			return i.ask(h, question)
		}
		v, err := i.env.Cache.Get(h.key, now(), nil)
		if err != nil || len(v.Str) == 0 {
			continue // it has just ended
		}
		switch v.Str[0] {
		case gotten:
			fresh := new(tokens)
			b, err := i.sealer.Open(string(v.Str[1:]))
			if err == nil {
				err = json.Unmarshal(b, fresh)
			}
			return fresh, err
		case refused:
			return nil, errRefused
		}
		w.WaitTimeout(most)
	}
	return nil, errors.New("nothing is heard of who asks the provider")
}

// ask asks the provider, and tells the others.
func (i *instance) ask(h hold, question func() (*tokens, error)) (*tokens, error) {
	fresh, err := question()
	switch {
	case err == nil:
		i.tell(h.key, gotten, fresh, h.keep(fresh))
	case h.final(err):
		i.tell(h.key, refused, nil, h.deny)
	default:
		i.forget(h.key) // the next one may try
	}
	i.env.Bells.Ring(h.bell)
	return fresh, err
}

func (i *instance) forget(key string) {
	if err := i.env.Cache.Delete(key, now()); err != nil {
		i.failed("a mark stays", err)
	}
}

// change asks the provider for new tokens.
func (i *instance) change(t *tokens) (*tokens, error) {
	m := i.provider.known()
	if m == nil {
		return nil, errors.New("the provider is not known")
	}
	return i.grant(m, grant{form: url.Values{"grant_type": {"refresh_token"}, "refresh_token": {t.Refresh}}, client: first(i.ClientID), was: t})
}

// tell writes what has come of it.
func (i *instance) tell(key string, what byte, t *tokens, ttl time.Duration) {
	if ttl < time.Millisecond { // for the dict 0 is for ever
		i.forget(key)
		return
	}
	b := []byte{what}
	if t != nil {
		data, err := json.Marshal(t)
		if err != nil {
			return
		}
		text, err := i.sealer.Seal(data)
		if err != nil {
			return
		}
		b = append(b, text...)
	}
	if _, err := i.env.Cache.Set(key, zone.Value{Type: zone.String, Str: b}, ttl.Milliseconds(), now()); err != nil {
		i.failed("what the provider has said is forgotten", err)
	}
}

func now() int64 { return event.UnixNano() / int64(time.Millisecond) }
