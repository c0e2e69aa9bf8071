package cache

import (
	"crypto/md5"
	"hash/crc32"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/edge/wire/http1"
	"moongate/engine/zone"
)

// Result is what Open finds; see the walk in the package's comment.
type Result uint8

// The results.
const (
	Miss Result = iota
	Hit
	Stale
	Updating
	Scarce
	Locked
	Remembered
	Failed
)

// Entry is what one request has to do with one key. Its owner sets the fields of the
// first part between Reset and Open.
type Entry struct {
	Log    *errlog.Log
	Fields []http1.Header // of the request: an answer may vary by them
	// Key is the text that the answer is kept under.
	Key []byte
	// Buf is where Open reads the front of a file to: proxy_buffer_size. What a file has
	// before its body must fit.
	Buf     []byte
	MinUses int // fewer uses, and an answer is not kept
	// Lock lets only one request at a time ask for what is not there, until it has taken
	// LockAge; others wait for up to LockTimeout.
	Lock                 bool
	LockTimeout, LockAge time.Duration

	// Meta is what Hit, Stale and Updating have found, and what AppendHeader writes.
	Meta
	// Error is a status that is remembered without a file.
	Error int
	// Exists: there was a file when the key was looked up.
	Exists bool
	// Length is that of the file.
	Length int64
	// StaleUpdating and StaleError: what is over may be sent nevertheless while it is
	// renewed, or instead of an error, as its Cache-Control has said.
	StaleUpdating, StaleError bool

	// Bell wakes Await: who watches the client rings it when that is gone.
	Bell event.Waiter

	cache *Cache
	key   [keySize]byte // of the file: that of the main answer, or of a variant
	main  [keySize]byte
	place place
	name  []byte
	crc   uint32
	front front // what Open has read, and what is written
	// variant is the key of the variant that Fields ask for.
	variant [keySize]byte
	fd      int
	inode   uint64
	right   right
	until   time.Time // when patience for the lock ends
	ear     zone.Listener
	state
}

// state is what has become of an entry so far.
type state struct {
	hashed    bool
	counted   bool // as a use of the key
	cold      bool // when the key was looked up
	secondary bool // key is that of a variant
	anew      bool // the main key was returned to, with another variant
	hint      int  // where the body starts, as far as is known
	got       int  // how much of Buf Open has filled
	found     Result
	done      bool
}

// right is to be the one who renews a key.
type right struct {
	key   [keySize]byte
	place place
	turn  uint32 // 0: it is another's, or nobody's
}

// Meta is what the front of a file says, besides the key and the variant.
type Meta struct {
	ValidSec     int64 // when it is over, Unix time
	UpdatingSec  int64 // for how many seconds more it may be sent while it is renewed
	ErrorSec     int64 // ... or when it can't be
	LastModified int64 // -1: unknown
	Date         int64 // when it was fetched or renewed
	ValidMsec    int

	HeaderStart int // length of the front, where the upstream's header begins
	BodyStart   int
}

// Reset makes e ready for a request on a cache.
func (e *Entry) Reset(c *Cache) {
	*e = Entry{cache: c, Key: e.Key[:0], name: e.name[:0], fd: -1, ear: zone.Listener{Wake: e.ear.Wake}}
}

// Cache is the cache that it is an entry of.
func (e *Entry) Cache() *Cache { return e.cache }

// Hash computes the name from Key, and HeaderStart.
func (e *Entry) Hash() {
	e.key = md5.Sum(e.Key)
	e.main = e.key
	e.crc = crc32.ChecksumIEEE(e.Key)
	e.HeaderStart = frontSize + len(keyMark) + len(e.Key) + 1
	e.hashed = true
	if e.Log.Debugging(errlog.DebugHTTP) {
		e.Log.Debug(errlog.DebugHTTP, "http cache key: \"%s\"", e.Key)
	}
}

// Head is the upstream's header that Open has read, in Buf.
func (e *Entry) Head() []byte { return e.Buf[e.HeaderStart:e.BodyStart] }

// Begun is how much of the body Open has read, too, behind the head in Buf.
func (e *Entry) Begun() []byte { return e.Buf[e.BodyStart:e.got] }

// TakeFD gives the file that Open has opened to the caller, who closes it; -1 for none.
func (e *Entry) TakeFD() int {
	fd := e.fd
	e.fd = -1
	return fd
}

func (e *Entry) closeFile() {
	if e.fd >= 0 {
		file.Close(e.fd)
		e.fd = -1
	}
}

// Name is the file of the key, a view that ends with the entry.
func (e *Entry) Name() string {
	if len(e.name) == 0 {
		e.name = e.cache.appendName(e.name, &e.key)
	}
	return http1.View(e.name)
}

// rename makes e an entry of another key.
func (e *Entry) rename(key [keySize]byte) {
	e.key, e.place, e.name = key, place{}, e.name[:0]
}

// ETag is a view that ends with the entry.
func (e *Entry) ETag() string { return http1.View(e.front.etag.bytes()) }

// SetETag keeps an ETag of up to 128 bytes; a longer one is none.
func (e *Entry) SetETag(tag string) {
	if len(tag) > tagSize {
		tag = ""
	}
	e.front.etag.set(tag)
}

// Vary is the names of headers by which the answer varies; a view that ends with the
// entry.
func (e *Entry) Vary() string { return http1.View(e.front.vary.bytes()) }

// SetVary sets them. What is longer than 128 bytes is cut off: callers do not keep
// such an answer.
func (e *Entry) SetVary(names string) { e.front.vary.set(names) }
