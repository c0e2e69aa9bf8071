package sessions

import (
	"crypto/rand"
	"errors"
	"strconv"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/redis"
)

// Shared tells whether sessions lie where other nodes find them too.
func (s *Store) Shared() bool { return s.redis != nil }

// free ends a hold that is still this one.
var free = redis.NewScript(`if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`)

// retry is how long somebody waits before he asks again for what another node holds.
const retry = 20 * time.Millisecond

var errHeld = errors.New("another node holds the session")

// Hold has a shared session to itself among all nodes, for most at most, and reads what it
// is now: nil when it has been ended. The session is free again when release is called.
func (s *Store) Hold(ss *Session, most time.Duration) (now *Session, release func(), err error) {
	lock, mine := key(ss.id)+":hold", rand.Text()
	var w event.Waiter
	for end := event.Mono() + most; ; w.WaitTimeout(retry) {
		r, err := s.redis.Do("SET", lock, mine, "NX", "PX", strconv.FormatInt(most.Milliseconds(), 10))
		if err != nil {
			return nil, nil, err
		}
		if !r.Nil {
			break
		}
		if event.Mono() >= end {
			return nil, nil, errHeld
		}
	}
	// What can't be freed ends by itself.
	release = func() { _, _ = free.Run(s.redis, []string{lock}, []string{mine}) }
	if now, err = s.read(ss.id, ss.created); err != nil {
		release()
		return nil, nil, err
	}
	return now, release, nil
}
