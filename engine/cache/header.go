package cache

import (
	"encoding/binary"
	"errors"
)

// The front of a file is nginx's ngx_http_file_cache_header_t of version 5, as the
// compiler lays it out on 64 bits, then the key, so that grep finds it:
//
//	0   version u64, valid, updating, error, last modified, date: i64 each
//	48  CRC-32 of the key u32, milliseconds of valid u16
//	54  header start u16, body start u16
//	58  length of the ETag u8, 128 bytes; 187 length of Vary u8, 128 bytes
//	316 variant, 16 bytes
//	332 padding, where we keep the length of the file u32
//	336 "\nKEY: ", the key, "\n"
//	..  the upstream's header as it came, then the body
//
// Numbers are in the machine's order, as nginx's are. The length tells a file that was cut
// off when the machine died; 0, as nginx writes it, is any.
const (
	version   = 5
	frontSize = 336
	tagSize   = 128
	keySize   = 16

	atETag    = 58
	atVary    = 187
	atVariant = 316
	atLength  = 332

	keyMark = "\nKEY: "
)

// maxStart is the largest header start and body start that a file can say.
const maxStart = 1<<16 - 1

var errLongHeader = errors.New("header is too long for a cache file")

// text is an ETag or the names of Vary, as long as a file has room for.
type text struct {
	n uint8
	b [tagSize]byte
}

func (t *text) set(s string) {
	t.n = uint8(copy(t.b[:], s))
}

func (t *text) bytes() []byte { return t.b[:t.n] }

// read takes a text from its length byte on; a file may claim any length.
func (t *text) read(b []byte) { t.n = uint8(copy(t.b[:], b[1:1+min(int(b[0]), tagSize)])) }

func (t *text) write(b []byte) {
	b[0] = t.n
	copy(b[1:], t.bytes())
}

// front is the fixed part in front of a file.
type front struct {
	Meta
	version uint64
	crc     uint32
	varyLen int // as the file has it, which may be too long
	etag    text
	vary    text
	variant [keySize]byte
	length  uint32
}

// read takes the fixed part from its frontSize bytes.
func (f *front) read(b []byte) {
	ne := binary.NativeEndian
	f.version = ne.Uint64(b)
	for i, to := range f.times() {
		*to = int64(ne.Uint64(b[8+8*i:]))
	}
	f.crc = ne.Uint32(b[48:])
	f.ValidMsec = int(ne.Uint16(b[52:]))
	f.HeaderStart, f.BodyStart = int(ne.Uint16(b[54:])), int(ne.Uint16(b[56:]))
	f.etag.read(b[atETag:])
	f.vary.read(b[atVary:])
	f.varyLen = int(b[atVary])
	copy(f.variant[:], b[atVariant:])
	f.length = ne.Uint32(b[atLength:])
}

// write fills frontSize bytes, all of them.
func (f *front) write(b []byte) {
	ne := binary.NativeEndian
	clear(b[:frontSize])
	ne.PutUint64(b, version)
	for i, t := range f.times() {
		ne.PutUint64(b[8+8*i:], uint64(*t))
	}
	ne.PutUint32(b[48:], f.crc)
	ne.PutUint16(b[52:], uint16(f.ValidMsec))
	ne.PutUint16(b[54:], uint16(f.HeaderStart))
	ne.PutUint16(b[56:], uint16(f.BodyStart))
	f.etag.write(b[atETag:])
	f.vary.write(b[atVary:])
	copy(b[atVariant:], f.variant[:])
	ne.PutUint32(b[atLength:], f.length)
}

// times are the numbers that stand behind the version.
func (m *Meta) times() [5]*int64 {
	return [...]*int64{&m.ValidSec, &m.UpdatingSec, &m.ErrorSec, &m.LastModified, &m.Date}
}
