package certs

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"time"
)

// What goes into a ticket, or into the cache under the session's id:
//
//	created 8 (unix seconds) | id 32 | context 16 | crypto/tls SessionState
//
// The context keeps a session of one server{} from being resumed in another
// with different certificates or verification (ngx_ssl_session_id_context).
const sessionHead = 8 + 32 + 16

// sessionFacts is what a connection remembers of its session: a resumed one
// keeps its id and the time it began.
type sessionFacts struct {
	id      [32]byte
	created time.Time
	known   bool
}

// wrapSession makes the ticket for the client (tls.Config.WrapSession).
func (c *Conn) wrapSession(now tls.ConnectionState, st *tls.SessionState) ([]byte, error) {
	s := c.server
	state, err := st.Bytes()
	if err != nil {
		return nil, err
	}
	if !c.session.known {
		rand.Read(c.session.id[:])
		c.session.created, c.session.known = s.now(), true
	}
	b := make([]byte, sessionHead, sessionHead+len(state))
	binary.BigEndian.PutUint64(b, uint64(c.session.created.Unix()))
	copy(b[8:], c.session.id[:])
	context := c.sessionContext()
	copy(b[40:], context[:])
	b = append(b, state...)
	if s.store != nil {
		key := c.session.id
		if now.Version == tls.VersionTLS13 {
			// Each ticket has secrets of its own, and clients use old ones
			// beside new ones: none may take another's place.
			rand.Read(key[:])
		}
		// A cache that is full must not cost the handshake: the ticket is
		// then just one that will not be found.
		_ = s.store.Store(key[:], b, c.session.created.Add(s.timeout))
		return key[:], nil
	}
	keys, err := s.ring.keys()
	if err != nil {
		return nil, err
	}
	return keys[0].seal(b)
}

// sessionContext is the server's; with AskClient it is another one, or who was not asked once
// would not be asked for as long as the session lasts.
func (c *Conn) sessionContext() [16]byte {
	context := c.server.context
	if c.asks != nil {
		context[0] = ^context[0]
	}
	return context
}

// unwrapSession finds the session of a ticket (tls.Config.UnwrapSession);
// nil means a full handshake, never an error: tickets are the peer's bytes.
func (c *Conn) unwrapSession(ticket []byte, _ tls.ConnectionState) (*tls.SessionState, error) {
	s := c.server
	b := s.openTicket(ticket)
	context := c.sessionContext()
	if len(b) < sessionHead || string(b[40:56]) != string(context[:]) {
		return nil, nil
	}
	created := time.Unix(int64(binary.BigEndian.Uint64(b)), 0)
	if s.now().Sub(created) >= s.timeout {
		return nil, nil
	}
	st, err := tls.ParseSessionState(b[sessionHead:])
	if err != nil {
		return nil, nil
	}
	copy(c.session.id[:], b[8:40])
	c.session.created, c.session.known = created, true
	return st, nil
}

func (s *Server) openTicket(ticket []byte) []byte {
	if s.store != nil {
		if len(ticket) != 32 {
			return nil
		}
		b, _ := s.store.Load(ticket)
		return b
	}
	if len(ticket) < 16 {
		return nil
	}
	keys, err := s.ring.keys()
	if err != nil {
		return nil
	}
	for i := range keys {
		if string(keys[i].name[:]) == string(ticket[:16]) {
			if b, ok := keys[i].open(ticket); ok {
				return b
			}
		}
	}
	return nil
}
