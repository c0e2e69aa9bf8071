package proxycache

import (
	"encoding/binary"

	"moongate/edge/wire/http1"
)

// entry is a stored answer. In memory that all workers share it lies as
//
//	0   version u8, kind u8, status u16
//	4   stored i64, lives i64: milliseconds of the clock, and how many it is fresh for
//	20  declared i64, length i64: Content-Length, -1 without; bytes of the body
//	36  id, 16 bytes: of its parts, and of no other answer
//	52  number of headers u16, length of the type u16, of the charset u16
//	58  type, charset; then of each header its lengths u16, u32, name and value
//	..  the body, if it is no longer than partSize; else it is in parts under keys of
//	    their own, so that neither memory nor a lock is ever held for more than one part
//
// An entry of kind varies stands for several answers: it has the names of the headers by
// which they differ, and its id begins their keys. Who purges it has purged them all.
type entry struct {
	kind        kind
	status      int
	stored      int64
	lives       int64
	declared    int64
	length      int64
	id          [idSize]byte
	contentType string
	charset     string
	headers     []http1.Header
	body        []byte
}

type kind uint8

const (
	whole   kind = iota // with its body
	inParts             // whose body is elsewhere
	varies
)

const (
	version  = 1
	idSize   = 16
	fixed    = 58
	partSize = 32000 // eight pages of memory, with key and node
)

// parts is how many there are.
func (e *entry) parts() int {
	if e.kind != inParts {
		return 0
	}
	return int((e.length + partSize - 1) / partSize)
}

// fresh is for how many milliseconds more the answer is; negative if it is not any more.
func (e *entry) fresh(now int64) int64 { return e.lives - e.age(now) }

func (e *entry) age(now int64) int64 { return max(now-e.stored, 0) }

func (e *entry) append(b []byte) []byte {
	le := binary.LittleEndian
	b = append(b, version, byte(e.kind))
	b = le.AppendUint16(b, uint16(e.status))
	for _, n := range [...]int64{e.stored, e.lives, e.declared, e.length} {
		b = le.AppendUint64(b, uint64(n))
	}
	b = append(b, e.id[:]...)
	b = le.AppendUint16(b, uint16(len(e.headers)))
	b = le.AppendUint16(b, uint16(len(e.contentType)))
	b = le.AppendUint16(b, uint16(len(e.charset)))
	b = append(append(b, e.contentType...), e.charset...)
	for i := range e.headers {
		h := &e.headers[i]
		b = le.AppendUint16(b, uint16(len(h.Name)))
		b = le.AppendUint32(b, uint32(len(h.Value)))
		b = append(append(b, h.Name...), h.Value...)
	}
	return append(b, e.body...)
}

// head reads what all entries begin with.
func (e *entry) head(b []byte) {
	le := binary.LittleEndian
	e.kind, e.status = kind(b[1]), int(le.Uint16(b[2:]))
	for i, to := range [...]*int64{&e.stored, &e.lives, &e.declared, &e.length} {
		*to = int64(le.Uint64(b[4+8*i:]))
	}
	copy(e.id[:], b[36:])
}

// peek reads what there is at the beginning of an entry: all but charset, headers and body.
func (e *entry) peek(b []byte) bool {
	if len(b) < fixed || b[0] != version {
		return false
	}
	e.head(b)
	if typ := int(binary.LittleEndian.Uint16(b[54:])); fixed+typ <= len(b) {
		e.contentType = http1.View(b[fixed : fixed+typ])
	}
	return true
}

// parse reads an entry, whose texts are then views of b. It is false of what another
// version of the program has written.
func (e *entry) parse(b []byte) bool {
	if len(b) < fixed || b[0] != version {
		return false
	}
	le := binary.LittleEndian
	e.head(b)
	n, typ, charset := int(le.Uint16(b[52:])), int(le.Uint16(b[54:])), int(le.Uint16(b[56:]))
	ok := true
	b = b[fixed:]
	cut := func(size int) string {
		if ok = ok && size <= len(b); !ok {
			return ""
		}
		s := http1.View(b[:size])
		b = b[size:]
		return s
	}
	e.contentType, e.charset = cut(typ), cut(charset)
	e.headers = e.headers[:0]
	for range n {
		if ok = ok && len(b) >= 6; !ok {
			break
		}
		name, value := int(le.Uint16(b)), int(le.Uint32(b[2:]))
		b = b[6:]
		h := http1.Header{Name: cut(name), Value: cut(value)}
		e.headers = append(e.headers, h)
	}
	e.body = b
	return ok
}
