package lists

import (
	"fmt"
	"strings"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/redis"
)

// whole is the list as it was read last, by this request if it is time to.
func (l *List) whole() *members {
	l.mu.Lock()
	now := event.Mono()
	fresh := l.now != nil && l.at != 0 && now-l.at < l.refresh()
	if fresh || now < l.until {
		m := l.now
		l.mu.Unlock()
		return m
	}
	if done := l.asking; done != nil {
		m := l.now
		l.mu.Unlock()
		if m != nil {
			return m
		}
		event.Block()
		<-done
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.now
	}
	done := make(chan struct{})
	l.asking = done
	l.mu.Unlock()

	text, err := l.read()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.settle(err); err == nil {
		l.at = event.Mono()
		if l.now == nil || l.now.text != text {
			l.now = parse(text, l.Of == "addresses")
			l.keep(text)
		}
	}
	l.asking = nil
	close(done)
	return l.now
}

// read asks for all of the list, as a text with a line for each member.
func (l *List) read() (string, error) {
	key := l.Redis.Key
	var r redis.Reply
	var err error
	switch l.Redis.Type {
	case "set":
		r, err = l.client.Do("SMEMBERS", key)
	case "hash":
		r, err = l.client.Do("HKEYS", key)
	default:
		r, err = l.client.Do("GET", key)
		return r.Text, err
	}
	if err != nil {
		return "", err
	}
	texts := make([]string, len(r.List))
	for i := range r.List {
		if texts[i] = r.List[i].Text; strings.Contains(texts[i], "\n") {
			return "", fmt.Errorf("a member has more than one line: %q", texts[i])
		}
	}
	return strings.Join(texts, "\n"), nil
}

// longest is the longest list that is kept where it outlives the process.
const longest = 64 << 10

// keep leaves the list for those who come after this process. If there is no room it is
// not kept.
func (l *List) keep(text string) {
	if d := l.book.Dict; d != nil && len(text) <= longest {
		_ = d.SafeSet(l.kept, zone.Value{Type: zone.String, Str: []byte(text)}, 0, time.Now().UnixMilli())
	}
}

// recall begins with what was kept.
func (l *List) recall() {
	d := l.book.Dict
	if d == nil || l.Redis.Type == "member" || l.Redis.Type == "keys" {
		return
	}
	if v, err := d.Get(l.kept, time.Now().UnixMilli(), nil); err == nil && v.Type == zone.String {
		l.now = parse(string(v.Str), l.Of == "addresses")
	}
}
