package cache

import (
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
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
func (e *Entry) Reset(c *Cache) { *e = Entry{cache: c, Key: e.Key[:0]} }

// Hash computes the name from Key, and HeaderStart.
func (e *Entry) Hash() {}

// Open looks the key up, and reads the front of its file into Buf.
func (e *Entry) Open() Result { return Failed }

// Create is Open for a request that was not to be answered from the cache: what it has
// got shall be stored. False: there is no room for the key.
func (e *Entry) Create() bool { return false }

// Await waits until the request that holds the lock has ended, or LockTimeout is over:
// Open is to be called again, and then says Scarce if it is still Locked. gone, if not
// nil, is asked after each Wake of the Bell whether there still is somebody to wait
// for; if not, Await is false.
func (e *Entry) Await(gone func() bool) bool { return false }

// Head is the upstream's header that Open has read, in Buf.
func (e *Entry) Head() []byte { return e.Buf[e.HeaderStart:e.BodyStart] }

// TakeFD gives the file that Open has opened to the caller, who closes it; -1 for none.
func (e *Entry) TakeFD() int { return -1 }

// Name is the file of the key.
func (e *Entry) Name() string { return "" }

// ETag is a view that ends with the entry.
func (e *Entry) ETag() string { return "" }

// SetETag keeps an ETag of up to 128 bytes; a longer one is none.
func (e *Entry) SetETag(tag string) {}

// SetVary sets the names of headers by which the answer varies, up to 128 bytes.
func (e *Entry) SetVary(names string) {}

// AppendHeader appends HeaderStart bytes: the front of the file. If the answer varies
// otherwise than what was asked for, the entry stands for the main key from now on;
// an error says that there is no room for it.
func (e *Entry) AppendHeader(b []byte) ([]byte, error) { return b, nil }

// CreateTemp makes a temporary file beside the one that it is to become
// (use_temp_path=off).
func (e *Entry) CreateTemp() (fd int, name string, err error) { return -1, "", nil }

// Commit makes a finished temporary file the one of the key, and lets others go on. A
// file that can't be moved there is removed. It is false, and logged, if it failed.
func (e *Entry) Commit(fd int, name string) bool { return false }

// UpdateHeader writes Meta, ETag and Vary into the file that Open has read, if that is
// still there.
func (e *Entry) UpdateHeader() {}

// Renews tells whether this request is the one that renews, or fetches under the lock.
func (e *Entry) Renews() bool { return false }

// Pass gives the right to renew to another entry of the same key, for an update in the
// background.
func (e *Entry) Pass(to *Entry) {}

// Release ends what the request has to do with the key.
func (e *Entry) Release() {}
