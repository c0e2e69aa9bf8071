package gateway

import (
	"encoding/binary"
	"errors"

	"moongate/gateway/entity"
)

// The body of feed.Change is read by a worker between two requests, up to fifty times a
// second and more, so it is no JSON: the documents in it are, and they are scanned once.
//
//	revision, number of changes; of each change: kind, id, present (0 or 1), document
//
// Numbers are varints, texts begin with their length. What the documents were before is not
// sent: the worker has them.

func appendChanges(b []byte, revision uint64, changes []entity.Change) []byte {
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = binary.AppendUvarint(b, revision)
	b = binary.AppendUvarint(b, uint64(len(changes)))
	for i := range changes {
		c := &changes[i]
		text(c.Kind)
		text(c.ID)
		if c.New == nil {
			b = append(b, 0)
			continue
		}
		b = append(b, 1)
		text(string(c.New))
	}
	return b
}

var errChanges = errors.New("a message of changes is not what it should be")

// readChanges takes the body over: the documents are parts of it.
func readChanges(b []byte) (revision uint64, changes []entity.Change, err error) {
	number := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			err, b = errChanges, nil
			return 0
		}
		b = b[n:]
		return v
	}
	part := func() []byte {
		n := number()
		if n > uint64(len(b)) {
			err, b = errChanges, nil
			return nil
		}
		p := b[:n:n]
		b = b[n:]
		return p
	}
	revision = number()
	n := number()
	if n > uint64(len(b)) {
		return 0, nil, errChanges // each takes a byte at least
	}
	changes = make([]entity.Change, 0, min(n, 4096))
	for ; n > 0 && err == nil; n-- {
		c := entity.Change{Kind: string(part()), ID: string(part())}
		switch number() {
		case 0:
		case 1:
			c.New = part()
		default:
			err = errChanges
		}
		changes = append(changes, c)
	}
	if err != nil || len(b) > 0 {
		return 0, nil, errChanges
	}
	return revision, changes, nil
}
