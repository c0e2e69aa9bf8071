package proxycache

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
)

// keys calls f for the entries whose keys begin with a prefix, until it has enough. A place
// is the number of a folder within this one, and of a file within that: what comes and goes
// meanwhile may be told twice, or not at all.
func (f *Folder) keys(prefix string, from int, do func(key string, e *entry) bool) (next int) {
	folders, err := os.ReadDir(f.Path)
	if err != nil {
		return -1
	}
	steps := mostSteps * 64
	for d := from / perFolder; d < len(folders); d++ {
		dir := filepath.Join(f.Path, folders[d].Name())
		list, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		first := 0
		if d == from/perFolder {
			first = from % perFolder
		}
		for i := first; i < min(len(list), perFolder-1); i++ {
			k, v, ok := peekFile(filepath.Join(dir, list[i].Name()), prefix)
			if steps--; steps < 0 {
				return d*perFolder + i
			}
			var e entry
			if ok && e.parse(v) && !do(k, &e) {
				return d*perFolder + i + 1
			}
		}
	}
	return -1
}

// perFolder is more than there are files in one of 256 folders.
const perFolder = 1 << 20

// peekFile reads a file whose key begins with a prefix, if it is still good, and leaves the
// time of its last use as it is.
func peekFile(name, prefix string) (k string, v []byte, ok bool) {
	in, err := os.Open(name)
	if err != nil {
		return "", nil, false
	}
	defer in.Close()
	head := make([]byte, fileHead+len(prefix))
	if _, err := io.ReadFull(in, head); err != nil || string(head[fileHead:]) != prefix {
		return "", nil, false
	}
	rest, err := io.ReadAll(in)
	if err != nil {
		return "", nil, false
	}
	all := append(head, rest...)
	n := int(binary.LittleEndian.Uint32(all[16:]))
	if n > len(all)-fileHead {
		return "", nil, false
	}
	k = string(all[fileHead : fileHead+n])
	v, ok = parseFile(all, k, clock())
	return k, v, ok
}
