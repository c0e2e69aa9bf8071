package sessions

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/plugin"
	"moongate/gateway/redis"
)

// Store is where the sessions of a plugin are.
type Store struct {
	Cookie
	c      Config
	sealer *Sealer
	redis  *redis.Client // nil: in cookies
	now    func() time.Time
}

// Session is what is remembered of a client.
type Session struct {
	Data []byte

	created, renewed, used int64  // seconds since 1970
	id                     string // in Redis
}

// Created is when the session began.
func (s *Session) Created() time.Time { return time.Unix(s.created, 0) }

// New makes a store. The purpose keeps sessions of different plugins apart.
func New(e *plugin.Env, c Config, purpose string) (*Store, error) {
	sealer, err := NewSealer(purpose+"\x00"+c.Audience+"\x00"+c.Storage, append([]string{c.Secret}, c.Before...)...)
	if err != nil {
		return nil, err
	}
	s := &Store{c: c, sealer: sealer, now: event.Now,
		Cookie: Cookie{Name: c.Name, Path: c.Path, Domain: c.Domain, SameSite: c.SameSite, HTTPOnly: c.HTTPOnly, Secure: c.Secure}}
	if c.Storage == "redis" {
		s.redis = c.Redis.Client(e.Worker.Loop)
	}
	return s, nil
}

// Close ends connections.
func (s *Store) Close() {
	if s.redis != nil {
		s.redis.Close()
	}
}

// Open finds the client's session: nil where there is none that is good. An error is that
// of a Redis that is away.
func (s *Store) Open(x *plugin.Context) (*Session, error) {
	text := s.Get(x.R)
	if text == "" {
		return nil, nil
	}
	content, err := s.sealer.Open(text)
	if err != nil {
		return nil, nil // somebody else's, or of a secret that is gone
	}
	var ss *Session
	if s.redis == nil {
		ss = parse(content)
	} else if ss, err = s.load(content); err != nil {
		return nil, err
	}
	if ss == nil || s.over(ss) {
		return nil, nil
	}
	return ss, nil
}

// over tells whether a session's time is.
func (s *Store) over(ss *Session) bool {
	now := s.now().Unix()
	past := func(since int64, limit float64) bool { return limit > 0 && float64(now-since) >= limit }
	return past(ss.created, s.c.Absolute) || s.redis == nil && (past(ss.used, s.c.Idling) || past(ss.renewed, s.c.Rolling))
}

// Begin is a new session, which Save keeps.
func (s *Store) Begin(data []byte) *Session {
	now := s.now().Unix()
	ss := &Session{Data: data, created: now, renewed: now, used: now}
	if s.redis != nil {
		ss.id = rand.Text() + rand.Text()
	}
	return ss
}

// Use notes that a session is used, where it is time to.
func (s *Store) Use(x *plugin.Context, ss *Session) error {
	if s.redis != nil {
		return nil // load has
	}
	now := s.now().Unix()
	switch {
	case s.c.Rolling > 0 && float64(now-ss.renewed) >= s.c.Rolling*3/4:
	case s.c.Idling > 0 && float64(now-ss.used) >= s.c.Idling/10:
	default:
		return nil
	}
	return s.Save(x, ss, false)
}

// Save keeps a session, a new one or one whose Data is another now. With known it must
// still be there, in Redis: what has been ended meanwhile does not come back.
func (s *Store) Save(x *plugin.Context, ss *Session, known bool) error {
	ss.used = s.now().Unix()
	ss.renewed = ss.used
	if s.redis == nil {
		text, err := s.sealer.Seal(ss.append(nil))
		if err != nil {
			return err
		}
		return s.Set(x, text)
	}
	value, err := s.sealer.Seal(ss.append([]byte(ss.id)))
	if err != nil {
		return err
	}
	args := []string{"SET", key(ss.id), value}
	if ttl := s.ttl(ss.created); ttl > 0 {
		args = append(args, "EX", strconv.FormatInt(ttl, 10))
	}
	if known {
		_, err = s.redis.Do(append(args, "XX")...)
		return err
	}
	if _, err = s.redis.Do(args...); err != nil {
		return err
	}
	text, err := s.sealer.Seal(binary.AppendVarint([]byte(ss.id), ss.created))
	if err != nil {
		return err
	}
	return s.Set(x, text)
}

// End has the session forgotten, here and by the client; ss may be nil.
func (s *Store) End(x *plugin.Context, ss *Session) error {
	s.Clear(x)
	if s.redis == nil || ss == nil {
		return nil
	}
	_, err := s.redis.Do("DEL", key(ss.id))
	return err
}

// ttl is how many seconds Redis keeps a session that is used now; 0 for ever.
func (s *Store) ttl(created int64) int64 {
	ttl := 0.0
	less := func(n, limit float64) {
		if limit > 0 && (ttl == 0 || n < ttl) {
			ttl = max(n, 1)
		}
	}
	less(s.c.Idling, s.c.Idling)
	less(s.c.Rolling, s.c.Rolling)
	less(s.c.Absolute-float64(s.now().Unix()-created), s.c.Absolute)
	return int64(ttl)
}

// key is under which name a session lies: who reads Redis can't make cookies of it.
func key(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "moongate:session:" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// sizeID is the length of a session's id.
var sizeID = 2 * len(rand.Text())

// load reads the session that a cookie names.
func (s *Store) load(content []byte) (*Session, error) {
	if len(content) < sizeID {
		return nil, nil
	}
	id := string(content[:sizeID])
	created, n := binary.Varint(content[sizeID:])
	if n <= 0 {
		return nil, nil
	}
	return s.read(id, created)
}

// read reads a session of Redis, which has it kept on.
func (s *Store) read(id string, created int64) (*Session, error) {
	args := []string{"GET", key(id)}
	if ttl := s.ttl(created); ttl > 0 {
		args = []string{"GETEX", key(id), "EX", strconv.FormatInt(ttl, 10)}
	}
	r, err := s.redis.Do(args...)
	if err != nil || r.Nil {
		return nil, err
	}
	value, err := s.sealer.Open(r.Text)
	if err != nil || len(value) < sizeID || string(value[:sizeID]) != id {
		return nil, nil
	}
	ss := parse(value[sizeID:])
	if ss != nil {
		ss.id = id
	}
	return ss, nil
}

// append writes a session, parse reads it.
func (ss *Session) append(b []byte) []byte {
	for _, t := range []int64{ss.created, ss.renewed, ss.used} {
		b = binary.AppendVarint(b, t)
	}
	return append(b, ss.Data...)
}

func parse(b []byte) *Session {
	ss := new(Session)
	for _, t := range []*int64{&ss.created, &ss.renewed, &ss.used} {
		v, n := binary.Varint(b)
		if n <= 0 {
			return nil
		}
		*t, b = v, b[n:]
	}
	ss.Data = b
	return ss
}
