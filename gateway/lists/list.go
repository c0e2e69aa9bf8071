package lists

import (
	"fmt"
	"sync"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/redis"
)

// List is a list in Redis. It is a release.Set.
type List struct {
	entity.List
	book   *Book
	what   string // its place in the book
	kept   string // its key in the book's Dict
	users  int    // of the book
	client *redis.Client
	seldom plugin.Seldom

	mu    sync.Mutex
	until time.Duration // nobody asks before that, by event.Mono: Redis has just failed
	away  bool          // Redis has failed when it was asked last

	// Of a list that is read as a whole.
	now    *members // nil: never read
	at     time.Duration
	asking chan struct{} // closed when the one who asks has an answer; nil when nobody asks

	// Of a list that is asked for each client.
	seen, before map[string]answer
}

// pause is how long nobody asks after Redis has failed.
const pause = 500 * time.Millisecond

// Has tells whether a client is on the list.
func (l *List) Has(value string) bool {
	on := false
	switch l.Redis.Type {
	case "member", "keys":
		on = l.one(value)
	default:
		on = l.whole().has(value)
	}
	l.mu.Lock()
	away := l.away
	l.mu.Unlock()
	if away {
		switch l.Away {
		case "nobody":
			return false
		case "everybody":
			return true
		}
	}
	return on
}

func (l *List) refresh() time.Duration { return time.Duration(l.Redis.Refresh) * time.Millisecond }

// settle notes how asking went. l.mu is held.
func (l *List) settle(err error) {
	if l.away = err != nil; !l.away {
		return
	}
	l.until = event.Mono() + pause
	if missed, ok := l.seldom.Now(); ok {
		who := map[string]string{"last": "those of the last answer are on it", "nobody": "nobody is on it", "everybody": "everybody is on it"}[l.Away]
		l.book.Log(fmt.Sprintf("list \"%s\": %v (%d more since the last such line): %s", l.Redis.Key, err, missed, who))
	}
}
