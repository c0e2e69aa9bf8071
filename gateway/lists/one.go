package lists

import (
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/redis"
)

// answer is what Redis has said of one client.
type answer struct {
	on bool
	at time.Duration
}

const (
	// many is how many answers are kept at least; twice as many at most.
	many = 10_000
	// longestValue is the longest value that is asked for: no stranger fills the memory.
	longestValue = 256
)

// one asks for one client, if the last answer is too old.
func (l *List) one(value string) bool {
	if len(value) > longestValue {
		return false
	}
	l.mu.Lock()
	was, known := l.seen[value]
	if !known {
		if was, known = l.before[value]; known {
			l.note(value, was)
		}
	}
	now := event.Mono()
	if known && now-was.at < l.refresh() || now < l.until {
		l.mu.Unlock()
		return was.on
	}
	l.mu.Unlock()

	var r redis.Reply
	var err error
	if l.Redis.Type == "member" {
		r, err = l.client.Do("SISMEMBER", l.Redis.Key, value)
	} else {
		r, err = l.client.Do("EXISTS", l.Redis.Key+value)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.settle(err); err != nil {
		return was.on
	}
	on := r.Int > 0
	l.note(value, answer{on, event.Mono()})
	return on
}

// note keeps an answer. The oldest half goes when there are too many.
func (l *List) note(value string, a answer) {
	if len(l.seen) >= many {
		l.before, l.seen = l.seen, make(map[string]answer, many)
	}
	l.seen[value] = a
}
