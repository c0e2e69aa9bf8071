package feed

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Kind says what a frame holds. Kinds of one's own begin at 16.
type Kind uint8

const (
	hello Kind = iota
	// State is everything, in place of all that was sent before.
	State
	// Change is what has changed since the frame before.
	Change
)

// A frame is its length (4 bytes, big endian, of what follows), its kind, and its body.
const (
	headSize = 5
	// MaxFrame bounds a frame: state of about half a million routes.
	MaxFrame = 512 << 20
	maxHello = 256
)

var errTooLong = errors.New("frame too long")

// appendHead writes the head of a frame of n bytes.
func appendHead(b []byte, k Kind, n int) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(n+1))
	return append(b, byte(k))
}

// AppendFrame writes a frame behind b.
func AppendFrame(b []byte, k Kind, body []byte) []byte {
	return append(appendHead(b, k, len(body)), body...)
}

// readFrame reads a frame of at most limit bytes into room, or memory of its own.
func readFrame(r io.Reader, room []byte, limit int) (Kind, []byte, error) {
	var head [headSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := int(binary.BigEndian.Uint32(head[:4])) - 1
	if n < 0 || n > limit {
		return 0, nil, fmt.Errorf("%w: %d bytes", errTooLong, n)
	}
	if cap(room) < n {
		// The length is another process's word: memory grows with what has come.
		b, err := io.ReadAll(io.LimitReader(r, int64(n)))
		if err == nil && len(b) < n {
			err = io.ErrUnexpectedEOF
		}
		return Kind(head[4]), b, err
	}
	_, err := io.ReadFull(r, room[:n])
	return Kind(head[4]), room[:n], err
}
