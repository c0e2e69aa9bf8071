package syntax

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"slices"
)

// The form in which a snapshot travels from master to worker:
//
//	"mgconf1\n"
//	count, then per file:  flags, name, data
//	count, then per glob:  pattern, count, names
//
// with counts as uvarints and texts as uvarint length and bytes.
const snapshotMagic = "mgconf1\n"

var errSnapshot = errors.New("damaged configuration snapshot")

// WriteTo writes the snapshot for ReadSnapshot.
func (s *Snapshot) WriteTo(w io.Writer) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []byte(snapshotMagic)
	text := func(t string) {
		out = binary.AppendUvarint(out, uint64(len(t)))
		out = append(out, t...)
	}
	out = binary.AppendUvarint(out, uint64(len(s.files)))
	for _, f := range s.files {
		flags := byte(0)
		if f.Aside {
			flags = 1
		}
		out = append(out, flags)
		text(f.Name)
		text(string(f.Data))
	}
	out = binary.AppendUvarint(out, uint64(len(s.globs)))
	for _, pattern := range slices.Sorted(maps.Keys(s.globs)) {
		text(pattern)
		out = binary.AppendUvarint(out, uint64(len(s.globs[pattern])))
		for _, name := range s.globs[pattern] {
			text(name)
		}
	}
	n, err := w.Write(out)
	return int64(n), err
}

// ReadSnapshot reads what WriteTo wrote.
func ReadSnapshot(r io.Reader) (*Snapshot, error) {
	all, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(all, []byte(snapshotMagic))
	if !ok {
		return nil, errSnapshot
	}
	d := decoder{rest: rest}
	s := NewSnapshot(nil)
	for range d.count() {
		flags := d.bytes(1)
		name, data := d.text(), d.text()
		if d.bad {
			return nil, errSnapshot
		}
		s.add(File{Name: string(name), Data: data, Aside: flags[0]&1 != 0})
	}
	for range d.count() {
		pattern := string(d.text())
		var names []string
		for range d.count() {
			names = append(names, string(d.text()))
		}
		if d.bad {
			return nil, errSnapshot
		}
		s.globs[pattern] = names
	}
	if d.bad || len(d.rest) > 0 {
		return nil, errSnapshot
	}
	return s, nil
}

type decoder struct {
	rest []byte
	bad  bool
}

// count never exceeds the bytes left, since each entry takes at least one.
func (d *decoder) count() uint64 {
	n, width := binary.Uvarint(d.rest)
	if width <= 0 || n > uint64(len(d.rest)-width) {
		d.bad, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[width:]
	return n
}

func (d *decoder) bytes(n uint64) []byte {
	if n > uint64(len(d.rest)) {
		d.bad, d.rest = true, nil
		return make([]byte, 1)
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) text() []byte { return d.bytes(d.count()) }
