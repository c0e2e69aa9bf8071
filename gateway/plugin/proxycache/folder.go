package proxycache

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Folder is values on disk, each in a file of its own:
//
//	0   magic, 4 bytes
//	4   CRC-32 of all that follows
//	8   when it is over, i64: milliseconds of the clock, 0 for never
//	16  length of the key, u32
//	20  key, value
//
// A file comes under another name and is moved to its place, so that nobody reads half of
// one; a machine that dies may leave one whose sum is wrong, which is no file then. All
// workers of a node use one folder, also workers of an old and a new configuration, and what
// lies in it outlives them.
type Folder struct {
	Path string
	// Room tells whether so many bytes more may be written, and notes that they are; nil:
	// they may.
	Room func(n int64) bool
}

const (
	fileMagic = "MGC1"
	fileHead  = 20
	tempName  = "new."
	// usedEvery is how exactly it is known when a file was used last.
	usedEvery = time.Minute
	// oldTemp is the age at which nobody writes a new file any more.
	oldTemp = 10 * time.Minute
)

var errFull = errors.New("the folder is full until the manager has been there")

// file is where the value of a key is: two characters make a folder, so that none has too
// many entries.
func (f *Folder) file(k string) string {
	d := sha256.Sum256([]byte(k))
	name := hex.EncodeToString(d[:16])
	return filepath.Join(f.Path, name[:2], name)
}

var files = sync.Pool{New: func() any { b := make([]byte, 0, partSize+8192); return &b }}

// get reads a value into b.
func (f *Folder) get(k string, b []byte, now int64) ([]byte, bool) {
	name := f.file(k)
	in, err := os.Open(name)
	if err != nil {
		return b, false
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return b, false
	}
	room := files.Get().(*[]byte)
	defer files.Put(room)
	if int64(cap(*room)) < info.Size() {
		*room = make([]byte, info.Size())
	}
	all := (*room)[:info.Size()]
	if _, err := io.ReadFull(in, all); err != nil {
		return b, false
	}
	v, ok := parseFile(all, k, now)
	if !ok {
		return b, false
	}
	if t := time.UnixMilli(now); t.Sub(info.ModTime()) > usedEvery {
		os.Chtimes(name, t, t) // it is only for the manager
	}
	return append(b[:0], v...), true
}

// parseFile is the value in a file, if it is that of the key and not over.
func parseFile(all []byte, k string, now int64) ([]byte, bool) {
	le := binary.LittleEndian
	if len(all) < fileHead+len(k) || string(all[:4]) != fileMagic {
		return nil, false
	}
	if over := int64(le.Uint64(all[8:])); over != 0 && over <= now {
		return nil, false
	}
	if int(le.Uint32(all[16:])) != len(k) || string(all[fileHead:fileHead+len(k)]) != k || le.Uint32(all[4:]) != crc32.ChecksumIEEE(all[8:]) {
		return nil, false
	}
	return all[fileHead+len(k):], true
}

// set writes a value for so many milliseconds.
func (f *Folder) set(k string, v []byte, ttl, now int64) error {
	size := fileHead + len(k) + len(v)
	if f.Room != nil && !f.Room(int64(size)) {
		return errFull
	}
	room := files.Get().(*[]byte)
	defer files.Put(room)
	le := binary.LittleEndian
	b := append((*room)[:0], fileMagic...)
	b = le.AppendUint32(b, 0)
	over := int64(0)
	if ttl > 0 {
		over = now + ttl
	}
	b = le.AppendUint64(b, uint64(over))
	b = le.AppendUint32(b, uint32(len(k)))
	b = append(append(b, k...), v...)
	le.PutUint32(b[4:], crc32.ChecksumIEEE(b[8:]))
	*room = b
	name := f.file(k)
	var unique [8]byte
	rand.Read(unique[:])
	temp := filepath.Join(filepath.Dir(name), tempName+hex.EncodeToString(unique[:]))
	err := os.WriteFile(temp, b, 0o600)
	if errors.Is(err, os.ErrNotExist) {
		if err = os.MkdirAll(filepath.Dir(name), 0o700); err == nil {
			err = os.WriteFile(temp, b, 0o600)
		}
	}
	if err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		os.Remove(temp)
	}
	return err
}

func (f *Folder) drop(k string) { os.Remove(f.file(k)) }

// clear throws everything out.
func (f *Folder) clear() error {
	return f.each(func(name string, _ os.FileInfo) error {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	})
}

// each calls do for each file there is; one that goes meanwhile is passed over.
func (f *Folder) each(do func(name string, info os.FileInfo) error) error {
	folders, err := os.ReadDir(f.Path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, d := range folders {
		list, err := os.ReadDir(filepath.Join(f.Path, d.Name()))
		if err != nil {
			continue
		}
		for _, e := range list {
			info, err := e.Info()
			if err != nil || !info.Mode().IsRegular() {
				continue
			}
			if err := do(filepath.Join(f.Path, d.Name(), e.Name()), info); err != nil {
				return err
			}
		}
	}
	return err
}

func isTemp(name string) bool { return strings.HasPrefix(filepath.Base(name), tempName) }
