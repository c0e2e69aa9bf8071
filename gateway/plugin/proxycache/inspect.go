package proxycache

import (
	"encoding/hex"
	"strings"

	"moongate/engine/cache"
	"moongate/engine/zone"
)

// Kept is an answer that is kept, without its body.
type Kept struct {
	Key         string // X-Cache-Key
	Status      int
	Bytes       int64
	Age, Fresh  int64 // milliseconds
	Varies      bool
	ContentType string
}

// Entries gives some of what a configuration keeps, whose X-Cache-Keys begin with a prefix,
// from a place on, and where to go on; -1 at the end.
func (s *Store) Entries(plugin, prefix string, from, size int) (list []Kept, next int) {
	now := clock()
	next = s.keys(plugin, from, func(key string, e *entry) bool {
		text := hex.EncodeToString([]byte(key[1+len(plugin):]))
		if strings.HasPrefix(text, prefix) {
			list = append(list, Kept{Key: text, Status: e.status, Bytes: e.length, Age: e.age(now), Fresh: e.fresh(now), Varies: e.kind == varies, ContentType: strings.Clone(e.contentType)})
		}
		return len(list) < size
	})
	return list, next
}

// Sum counts what configurations keep: answers and the bytes of their bodies, by id.
func (s *Store) Sum() (entries map[string]int, bytes map[string]int64) {
	entries, bytes = map[string]int{}, map[string]int64{}
	s.keys("", 0, func(key string, e *entry) bool {
		if id := key[1:]; len(id) > len(digest{}) {
			id = id[:len(id)-len(digest{})]
			entries[id]++
			bytes[id] += e.length
		}
		return true
	})
	return entries, bytes
}

// mostSteps bounds how much is looked through at once.
const mostSteps = 4096

// keys calls f for a configuration's answers, or for all, until it has enough. Looking at
// them does not make them younger: what is thrown out next stays the same.
func (s *Store) keys(plugin string, from int, f func(key string, e *entry) bool) (next int) {
	switch {
	case s.Zone != nil:
		return s.filedKeys(plugin, from, f)
	case s.Folder != nil:
		return s.Folder.keys("h"+plugin, from, f)
	}
	scan := s.Cache.Scanner(from)
	scan.Prefix = "h" + plugin
	for range mostSteps {
		var list []zone.Item
		list, next = scan.Next(64, clock())
		more := true
		for i := range list {
			var e entry
			if e.peek(list[i].Value.Str) {
				more = f(list[i].Key, &e) && more
			}
		}
		if next < 0 || !more {
			break
		}
	}
	return next
}

// filedKeys is keys of a zone, which has files of others too.
func (s *Store) filedKeys(plugin string, from int, f func(key string, e *entry) bool) (next int) {
	prefix, now := filePrefix, clock()
	if plugin != "" {
		prefix = string(fileKey(nil, plugin, ""))
	}
	return s.Zone.Walk(prefix, from, mostSteps*16, func(file *cache.Front) bool {
		var e entry
		key, ok := ofFile(file.Key)
		return !ok || !e.parseFront(file, now) || f(key, &e)
	})
}
