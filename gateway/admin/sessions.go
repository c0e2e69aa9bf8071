package admin

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"moongate/gateway/store"
)

// How long sessions last, and how many there may be.
const (
	sessionIdle   = time.Hour // without a request; a page that is open follows a stream
	sessionLife   = 12 * time.Hour
	sessionsOfOne = 32
	maxSessions   = 1024
	maxSessionLog = 4 << 20 // bytes of the file
)

// Sessions are those who have logged in at this node. Of a session's id only a digest is
// kept, in memory and in a file, so that nobody is thrown out by a reload. They are this
// node's and not the store's: people log in, above all, when the store is away, and what a
// page does each second must not become a write of several nodes. The price is a login
// more when an address goes to another node.
type Sessions struct {
	path string // "": in memory only
	log  func(text string)

	mu    sync.Mutex
	list  map[[sha256.Size]byte]*session
	stale bool // the file does not know all
}

// session is one login.
type session struct {
	By   proof     `json:"by"`
	Role Role      `json:"role"` // as it was then
	Made time.Time `json:"made"`
	Used time.Time `json:"used"`
}

// proof is how somebody has shown who it is. A session is good for as long as its proof
// would be.
type proof struct {
	Kind string `json:"kind"` // one of those below
	Name string `json:"name"`
	Of   string `json:"of"` // what has to be the same still
}

const byToken = "token" // a line of the file of tokens; of: its digest

// end is when a session is over if nobody uses it any more.
func (s *session) end() time.Time {
	if idle, life := s.Used.Add(sessionIdle), s.Made.Add(sessionLife); idle.Before(life) {
		return idle
	} else {
		return life
	}
}

// idLength is that of an id as it is written: 256 bits.
var idLength = base64.RawURLEncoding.EncodedLen(32)

func newSessionID() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// csrfOf is what pages show besides the cookie. Who knows it does not know the id, and it
// needs no place of its own.
func csrfOf(id string) string {
	h := hmac.New(sha256.New, []byte(id))
	h.Write([]byte("moongate csrf"))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// OpenSessions reads those of the process before this one. A file that is of no use is
// one without sessions: all log in again.
func OpenSessions(path string, now time.Time, log func(text string)) *Sessions {
	s := &Sessions{path: path, log: log, list: map[[sha256.Size]byte]*session{}}
	if path == "" {
		return s
	}
	if err := s.load(now); err != nil && !errors.Is(err, fs.ErrNotExist) {
		log("sessions of the Admin API, all have to log in again: " + err.Error())
	}
	return s
}

// begin makes a session and gives its id. Where there are too many, the one that was not
// used for longest makes room.
func (s *Sessions) begin(by proof, role Role, now time.Time) (id string, made session) {
	id = newSessionID()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	s.room(sessionsOfOne, func(o *session) bool { return o.By.Kind == by.Kind && o.By.Name == by.Name })
	s.room(maxSessions, func(*session) bool { return true })
	made = session{by, role, now, now}
	s.list[sha256.Sum256([]byte(id))] = &made
	s.save()
	return id, made
}

func (s *Sessions) room(most int, counts func(*session) bool) {
	for {
		n, oldest := 0, [sha256.Size]byte{}
		var used time.Time
		for digest, o := range s.list {
			if !counts(o) {
				continue
			}
			if n++; n == 1 || o.Used.Before(used) {
				oldest, used = digest, o.Used
			}
		}
		if n < most {
			return
		}
		delete(s.list, oldest)
	}
}

func (s *Sessions) sweep(now time.Time) {
	for digest, o := range s.list {
		if !now.Before(o.end()) {
			delete(s.list, digest)
		}
	}
}

// use is the session of an id, from now on used last now. holds says who its proof stands
// for: a session whose proof is good no more, or gives another role, is ended.
func (s *Sessions) use(id string, now time.Time, holds func(proof) (Identity, bool)) (session, Identity, bool) {
	if len(id) != idLength {
		return session{}, Identity{}, false
	}
	digest := sha256.Sum256([]byte(id))
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.list[digest]
	if o == nil {
		return session{}, Identity{}, false
	}
	who, good := holds(o.By)
	if !good || who.Role != o.Role || !now.Before(o.end()) {
		delete(s.list, digest)
		s.save()
		return session{}, Identity{}, false
	}
	if now.After(o.Used) {
		o.Used, s.stale = now, true
	}
	return *o, who, true
}

// drop ends a session; after it returns, no process knows the id.
func (s *Sessions) drop(id string) {
	digest := sha256.Sum256([]byte(id))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list[digest] != nil {
		delete(s.list, digest)
		s.save()
	}
}

// kept is a session in the file.
type kept struct {
	Digest string `json:"digest"`
	session
}

func (s *Sessions) load(now time.Time) error {
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o022 != 0 || info.Size() > maxSessionLog {
		return fmt.Errorf("%s may be written by others, or is too large (mode %v, %d bytes)", s.path, info.Mode().Perm(), info.Size())
	}
	var list []kept
	if err := json.NewDecoder(f).Decode(&list); err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	for _, k := range list {
		b, err := base64.RawURLEncoding.DecodeString(k.Digest)
		// A clock that was set back must not make a session last longer.
		if err == nil && len(b) == sha256.Size && !k.Used.After(now) && !k.Made.After(k.Used) {
			s.list[[sha256.Size]byte(b)] = &k.session
		}
	}
	s.sweep(now)
	s.room(maxSessions+1, func(*session) bool { return true })
	return nil
}

// save writes the file. Requests wait for it, so that what was ended stays ended.
func (s *Sessions) save() {
	s.stale = false
	if s.path == "" {
		return
	}
	list := make([]kept, 0, len(s.list))
	for digest, o := range s.list {
		list = append(list, kept{base64.RawURLEncoding.EncodeToString(digest[:]), *o})
	}
	b, err := json.Marshal(list)
	if err == nil {
		err = store.Replace(s.path, b)
	}
	if err != nil {
		s.log("sessions of the Admin API: " + err.Error())
	}
}

// Keep writes now and then when the sessions were used last, until the context ends.
func (s *Sessions) Keep(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for over := false; !over; {
		select {
		case <-ctx.Done():
			over = true
		case <-tick.C:
		}
		s.mu.Lock()
		if s.stale {
			s.save()
		}
		s.mu.Unlock()
	}
}
