package nlmsg

import "encoding/binary"

// An Encoder writes messages one after the other, or attributes that belong to none
// yet. The zero value is ready; memory is used again after Reset.
type Encoder struct {
	b     []byte
	msg   int   // where the message that is being written begins
	begun bool  // there is one
	open  []int // what is not closed yet
}

// Reset forgets what was written.
func (e *Encoder) Reset() { e.b, e.begun, e.open = e.b[:0], false, e.open[:0] }

// Message begins a message and ends the one before.
func (e *Encoder) Message(h Header) {
	e.msg, e.begun = len(e.b), true
	e.b = binary.NativeEndian.AppendUint32(e.b, 0)
	e.b = binary.NativeEndian.AppendUint16(e.b, h.Type)
	e.b = binary.NativeEndian.AppendUint16(e.b, h.Flags)
	e.b = binary.NativeEndian.AppendUint32(e.b, h.Seq)
	e.b = binary.NativeEndian.AppendUint32(e.b, h.Port)
	e.grown()
}

// Raw adds what is no attribute: the head that a family has.
func (e *Encoder) Raw(p ...byte) {
	e.b = append(e.b, p...)
	e.pad()
	e.grown()
}

// grown writes the length of the message, so that Bytes is right at any time.
func (e *Encoder) grown() {
	if !e.begun {
		return
	}
	binary.NativeEndian.PutUint32(e.b[e.msg:], uint32(len(e.b)-e.msg))
}

func (e *Encoder) pad() {
	for len(e.b)&3 != 0 {
		e.b = append(e.b, 0)
	}
}

func (e *Encoder) head(kind uint16, n int) {
	e.b = binary.NativeEndian.AppendUint16(e.b, uint16(AttrSize+n))
	e.b = binary.NativeEndian.AppendUint16(e.b, kind)
}

// Attr adds an attribute.
func (e *Encoder) Attr(kind uint16, v []byte) {
	e.head(kind, len(v))
	e.Raw(v...)
}

// Uint8 adds a number.
func (e *Encoder) Uint8(kind uint16, v uint8) {
	e.head(kind, 1)
	e.b = append(e.b, v)
	e.Raw()
}

// Uint16 adds a number.
func (e *Encoder) Uint16(kind, v uint16) {
	e.head(kind, 2)
	e.b = binary.NativeEndian.AppendUint16(e.b, v)
	e.Raw()
}

// Uint32 adds a number.
func (e *Encoder) Uint32(kind uint16, v uint32) {
	e.head(kind, 4)
	e.b = binary.NativeEndian.AppendUint32(e.b, v)
	e.Raw()
}

// Uint32BE adds a number in network order.
func (e *Encoder) Uint32BE(kind uint16, v uint32) {
	e.head(kind, 4)
	e.b = binary.BigEndian.AppendUint32(e.b, v)
	e.Raw()
}

// Uint64BE adds a number in network order.
func (e *Encoder) Uint64BE(kind uint16, v uint64) {
	e.head(kind, 8)
	e.b = binary.BigEndian.AppendUint64(e.b, v)
	e.Raw()
}

// String adds a text with a final zero.
func (e *Encoder) String(kind uint16, s string) {
	e.head(kind, len(s)+1)
	e.b = append(append(e.b, s...), 0)
	e.Raw()
}

// Open begins an attribute that holds what is added until Close.
func (e *Encoder) Open(kind uint16) {
	e.open = append(e.open, len(e.b))
	e.head(kind, 0)
	e.Raw()
}

// OpenRaw begins what is no attribute but has its length in its first two bytes too, as
// the next hops of a route have.
func (e *Encoder) OpenRaw(head ...byte) {
	e.open = append(e.open, len(e.b))
	e.Raw(head...)
}

// Close ends what was opened last.
func (e *Encoder) Close() {
	last := len(e.open) - 1
	at := e.open[last]
	e.open = e.open[:last]
	binary.NativeEndian.PutUint16(e.b[at:], uint16(len(e.b)-at))
}

// Bytes is what was written, valid until the next use of the Encoder.
func (e *Encoder) Bytes() []byte { return e.b }
