package cache

import (
	"os"
	"strconv"
	"strings"
)

// placeBits is the length of a place in a walk: the names of the folders that a file lies
// in, and the first characters of its own. It stays the same whatever comes and goes.
const placeBits = 40

// Walk calls do for the files whose keys begin with a prefix, from a place on, until it has
// enough, or so many files have been looked at. It says where to go on, -1 at the end.
// It reads the folder, and takes its time: it is nothing for a worker's loop. Variants have
// the key of their main answer.
func (c *Cache) Walk(prefix string, from, steps int, do func(*Front) bool) (next int) {
	bits := 0
	for _, l := range c.Levels {
		bits += 4 * l
	}
	w := walker{Cache: c, prefix: prefix, from: from, steps: steps, do: do, rest: placeBits - bits, next: -1}
	w.folder(c.Folder, 0, 0, placeBits)
	return w.next
}

type walker struct {
	*Cache
	prefix      string
	from, steps int
	do          func(*Front) bool
	rest        int // bits of a place that are of a file's own name
	next        int
	front       Front
}

// folder looks through a folder and those below, whose places begin with at; below it there
// are so many bits more.
func (w *walker) folder(name string, level, at, bits int) (more bool) {
	list, err := os.ReadDir(name) // in order
	if err != nil {
		return true // it is gone, or was never made
	}
	width := 0
	if level < len(w.Levels) {
		width = w.Levels[level]
	}
	for _, e := range list {
		path := name + "/" + e.Name()
		if width == 0 {
			if !w.file(path, e.Name(), at) {
				return false
			}
			continue
		}
		n, err := strconv.ParseUint(e.Name(), 16, 8)
		if err != nil || len(e.Name()) != width {
			continue
		}
		left := bits - 4*width
		below := at<<(4*width) | int(n)
		if (below+1)<<left > w.from && !w.folder(path, level+1, below, left) {
			return false
		}
	}
	return true
}

func (w *walker) file(path, name string, at int) (more bool) {
	if len(name) != 2*keySize {
		return true
	}
	n, err := strconv.ParseUint(name[:w.rest/4], 16, 64)
	if err != nil {
		return true
	}
	place := at<<w.rest | int(n)
	if place < w.from {
		return true
	}
	if w.steps--; w.steps < 0 {
		w.next = place
		return false
	}
	w.front.sum, _ = keyOf(name)
	if w.front.load(path, 0) && strings.HasPrefix(w.front.Key, w.prefix) && !w.do(&w.front) {
		w.next = place + 1
		return false
	}
	return true
}
