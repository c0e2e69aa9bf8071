package proxycache

import (
	"encoding/hex"
	"errors"
	"strings"
	"sync"

	"moongate/edge/sys/event"
	"moongate/engine/cache"
	"moongate/engine/zone"
)

// Store is the answers in memory that all workers share, or in a folder or a cache zone that
// they do, and so does the gateway process, which purges them. Keys are "h" or "l", the
// configuration's id and the digest of what was asked; "v" or "p", an entry's id and a digest
// or the number of a part; those of a zone are in filed.go. A worker that dies loses nothing
// but what it was about to store: the memory repairs itself.
type Store struct {
	Cache  *zone.Dict
	Counts *zone.Dict // which never throws anything out
	// Bells wake requests that wait for an answer; the gateway process needs none.
	Bells *zone.Bells
	// Folder has the answers if it is set; locks are in memory in any case.
	Folder *Folder
	// Zone has them if that is set, one in each file, with its body.
	Zone *cache.Cache
}

// get reads a value into b.
func (s *Store) get(k string, b []byte, now int64) ([]byte, bool) {
	if s.Folder != nil {
		return s.Folder.get(k, b, now)
	}
	v, err := s.Cache.Get(k, now, b[:0])
	return v.Str, err == nil && v.Type == zone.String
}

// digest is a hash of what was asked, X-Cache-Key before it is written in hex.
type digest [32]byte

func clock() int64 { return event.UnixNano() / 1e6 }

// key makes a key in b.
func key(b []byte, letter byte, owner string, d []byte) []byte {
	return append(append(append(b[:0], letter), owner...), d...)
}

// mostKey is how long a key may be: that of a variant in a zone.
const mostKey = len(filePrefix) + 36 + 1 + 64 + 1 + 2*(idSize+len(digest{}))

// mainKey is the key by which an answer is looked for first.
func (s *Store) mainKey(b []byte, id string, d *digest) []byte {
	if s.Zone != nil {
		return hex.AppendEncode(fileKey(b, id, ""), d[:])
	}
	return key(b, 'h', id, d[:])
}

// variantKey is that of an answer whose main key has one of kind varies, with the id base.
// In a zone it begins with the main key, for those who look through files.
func (s *Store) variantKey(b []byte, main string, base *[idSize]byte, d *digest) []byte {
	if s.Zone != nil {
		b = append(append(b, main...), ':')
		return hex.AppendEncode(hex.AppendEncode(b, base[:]), d[:])
	}
	return key(b, 'v', string(base[:]), d[:])
}

func partKey(b []byte, id *[idSize]byte, n int) []byte {
	return append(append(append(b[:0], 'p'), id[:]...), byte(n>>16), byte(n>>8), byte(n))
}

// room is what a part, or an entry with its headers, is read into.
var rooms = sync.Pool{New: func() any { b := make([]byte, 0, partSize+8192); return &b }}

func takeRoom() *[]byte { return rooms.Get().(*[]byte) }

func freeRoom(b *[]byte) {
	if cap(*b) <= 4*partSize {
		*b = (*b)[:0]
		rooms.Put(b)
	}
}

// find reads the entry of a key into b.
func (s *Store) find(k string, b *[]byte, e *entry, now int64) bool {
	v, ok := s.get(k, *b, now)
	if !ok {
		return false
	}
	*b = v
	return e.parse(v)
}

// part reads one part into b.
func (s *Store) part(id *[idSize]byte, n, size int, b *[]byte, now int64) bool {
	var room [1 + idSize + 3]byte
	v, ok := s.get(string(partKey(room[:], id, n)), *b, now)
	if !ok || len(v) != size {
		return false // thrown out
	}
	*b = v
	return true
}

// tries bounds how much is thrown out for one value: each try throws out thirty.
const tries = 16

// put stores a value for so many milliseconds, in place of what was not used for longest.
func (s *Store) put(k string, v []byte, ttl, now int64) error {
	if s.Folder != nil {
		return s.Folder.set(k, v, ttl, now)
	}
	return s.remember(k, v, ttl, now)
}

// remember is put into memory, whatever the store is.
func (s *Store) remember(k string, v []byte, ttl, now int64) error {
	err := error(nil)
	for range tries {
		if _, err = s.Cache.Set(k, zone.Value{Type: zone.String, Str: v}, ttl, now); !errors.Is(err, zone.ErrNoMemory) {
			return err
		}
	}
	return err
}

func (s *Store) forget(k string, now int64) {
	switch {
	case s.Zone != nil:
		s.Zone.Remove(k) // what can't be removed is over some time
	case s.Folder != nil:
		s.Folder.drop(k)
	default:
		s.Cache.Delete(k, now)
	}
}

func (s *Store) dropParts(e *entry, now int64) {
	var room [1 + idSize + 3]byte
	for n := range e.parts() {
		s.forget(string(partKey(room[:], &e.id, n)), now)
	}
}

const epochKey = "proxy-cache:epoch"

// epoch is another number after each purge. Who has asked before stores nothing behind:
// it looks once more when it has stored.
func (s *Store) epoch(now int64) float64 {
	v, _ := s.Counts.Get(epochKey, now, nil)
	return v.Num
}

func (s *Store) nextEpoch(now int64) error {
	_, _, err := s.Counts.Incr(epochKey, 1, zone.Init{Given: true}, now)
	return err
}

// PurgeAll throws everything out.
func (s *Store) PurgeAll() error {
	now := clock()
	err := s.nextEpoch(now)
	switch {
	case s.Zone != nil:
		return errors.Join(err, s.Zone.RemoveAll(filePrefix))
	case s.Folder != nil:
		return errors.Join(err, s.Folder.clear())
	}
	s.Cache.FlushAll(now)
	return err
}

// PurgeOf throws out what one configuration keeps. What is stored meanwhile is forgotten by
// who stores it.
func (s *Store) PurgeOf(plugin string) error {
	if err := s.nextEpoch(clock()); err != nil {
		return err
	}
	if s.Zone != nil {
		return s.Zone.RemoveAll(string(fileKey(nil, plugin, "")))
	}
	var keys []string // all first: places move when something goes
	for from := 0; from >= 0; {
		var list []Kept
		list, from = s.Entries(plugin, "", from, 1024)
		for _, k := range list {
			keys = append(keys, k.Key)
		}
	}
	for _, k := range keys {
		if err := s.Purge(plugin, k); err != nil {
			return err
		}
	}
	return nil
}

// Purge throws out the answers of one X-Cache-Key, if there are any.
func (s *Store) Purge(plugin, cacheKey string) error {
	k, ok := headKey(plugin, cacheKey)
	if !ok {
		return nil
	}
	now := clock()
	if s.Zone != nil {
		return errors.Join(s.nextEpoch(now), s.Zone.Remove(string(fileKey(nil, plugin, strings.ToLower(cacheKey)))))
	}
	var e entry
	b := takeRoom()
	defer freeRoom(b)
	found := s.find(k, b, &e, now)
	if err := s.nextEpoch(now); err != nil {
		return err
	}
	s.forget(k, now)
	if found {
		s.dropParts(&e, now)
	}
	return nil
}

// Shown is an entry as the Admin API shows it.
type Shown struct {
	Status    int               `json:"status"`
	Headers   map[string]string `json:"headers"`
	Body      string            `json:"body"`
	BodyLen   int64             `json:"body_len"`
	Timestamp int64             `json:"timestamp"`
	TTL       int64             `json:"ttl"`
	Version   int               `json:"version"`
	Vary      []string          `json:"vary,omitempty"`
}

// Show gives the answer of one X-Cache-Key, nil without one. Of answers that vary it has
// the names of the headers by which they do.
func (s *Store) Show(plugin, cacheKey string) *Shown {
	k, ok := headKey(plugin, cacheKey)
	if !ok {
		return nil
	}
	now := clock()
	var e entry
	b := takeRoom()
	defer freeRoom(b)
	if s.Zone != nil {
		var f cache.Front
		if !s.Zone.Peek(string(fileKey(nil, plugin, strings.ToLower(cacheKey))), mostShown, &f) || !e.parseFront(&f, now) {
			return nil
		}
	} else if !s.find(k, b, &e, now) {
		return nil
	}
	out := &Shown{Status: e.status, Headers: map[string]string{}, Timestamp: e.stored / 1000, TTL: e.lives / 1000, Version: version, BodyLen: e.length}
	for _, h := range e.headers {
		if e.kind == varies {
			out.Vary = append(out.Vary, string([]byte(h.Name)))
			continue
		}
		out.Headers[string([]byte(h.Name))] = string([]byte(h.Value))
	}
	if e.contentType != "" {
		out.Headers["Content-Type"] = withCharset(e.contentType, e.charset)
	}
	body := append([]byte(nil), e.body...)
	part := takeRoom()
	defer freeRoom(part)
	for n := range e.parts() {
		if !s.part(&e.id, n, e.sizeOf(n), part, now) {
			return nil
		}
		body = append(body, *part...)
	}
	out.Body = string(body)
	return out
}

// mostShown is more than a body may have.
const mostShown = 1 << 30

// sizeOf is how long part n is.
func (e *entry) sizeOf(n int) int { return int(min(partSize, e.length-int64(n)*partSize)) }

func withCharset(typ, charset string) string {
	if charset == "" {
		return string([]byte(typ))
	}
	return typ + "; charset=" + charset
}

// headKey is the key of an entry by its configuration and X-Cache-Key.
func headKey(plugin, cacheKey string) (string, bool) {
	d, err := hex.DecodeString(cacheKey)
	if err != nil || len(d) != len(digest{}) {
		return "", false
	}
	return string(key(nil, 'h', plugin, d)), true
}
