package entity

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
)

// NewID makes a random UUID (version 4).
func NewID() string {
	var b [16]byte
	rand.Read(b[:]) // it never fails: it ends the program instead
	return format(b, 4)
}

// NewSecret makes a value for a key or secret that was not given: 32 letters and
// digits, 160 bits.
func NewSecret() string { return rand.Text() + rand.Text()[:6] }

func format(b [16]byte, version byte) string {
	b[6] = b[6]&0x0f | version<<4
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// The name space of Kong's declarative documents; each kind has one below it.
// The same file gets the same ids here and there.
var declarative = [16]byte{0xfd, 0x02, 0x80, 0x1f, 0x09, 0x57, 0x4a, 0x15, 0xa5, 0x5a, 0xc8, 0xd9, 0x60, 0x6f, 0x30, 0xb5}

// NamedID is the id of a declarative document without one (version 5): always
// the same for the same name.
func NamedID(kind, name string) string {
	space := digest(declarative, kind)
	return format(digest(space, name), 5)
}

// digest is a version 5 UUID's bytes.
func digest(space [16]byte, name string) (out [16]byte) {
	h := sha1.New()
	h.Write(space[:])
	h.Write([]byte(name))
	copy(out[:], h.Sum(nil))
	out[6] = out[6]&0x0f | 0x50
	out[8] = out[8]&0x3f | 0x80
	return out
}
