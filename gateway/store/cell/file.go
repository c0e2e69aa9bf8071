// Package cell keeps a store.Cell in a file, for the stores of a single node. People may
// put another file in its place while the gateway runs.
package cell

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"moongate/gateway/store"
)

// largest is what a value may have, in bytes.
const largest = 8 << 20

// File is a value in a file that only its owner reads. Only one process writes it.
type File struct {
	name  string
	every time.Duration // between two looks at the file
	mu    sync.Mutex    // of writers
	news  store.Bell
}

var _ store.Cell = (*File)(nil)

// New is the value of a file, which need not be there.
func New(name string) *File { return &File{name: name, every: time.Second} }

// Read implements store.Cell. A version is a digest of the value.
func (f *File) Read(context.Context) ([]byte, uint64, error) {
	in, err := os.Open(f.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return nil, 0, err
	}
	if info.Mode().Perm()&0o022 != 0 {
		return nil, 0, fmt.Errorf("%s may be written by others (mode %v)", f.name, info.Mode().Perm())
	}
	b, err := io.ReadAll(io.LimitReader(in, largest+1))
	if err == nil && len(b) > largest {
		err = fmt.Errorf("%s is larger than %d bytes", f.name, largest)
	}
	if err != nil {
		return nil, 0, err
	}
	sum := sha256.Sum256(b)
	return b, binary.BigEndian.Uint64(sum[:]) | 1, nil
}

// Write implements store.Cell.
func (f *File) Write(ctx context.Context, value []byte, version uint64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, is, err := f.Read(ctx)
	if err != nil {
		return err
	}
	if is != version {
		return store.ErrConflict
	}
	defer f.news.Ring()
	return store.Replace(f.name, value)
}

// Watch implements store.Cell.
func (f *File) Watch(ctx context.Context, each func()) {
	tick := time.NewTicker(f.every)
	defer tick.Stop()
	was := f.look()
	for told := false; ctx.Err() == nil; {
		news := f.news.Next() // before the look, so that none is missed
		if is := f.look(); !told || !same(is, was) {
			was, told = is, true
			each()
		}
		select {
		case <-ctx.Done():
		case <-news:
			told = false // two writes in a moment may look alike
		case <-tick.C:
		}
	}
}

// look is what the file looks like; nil: it is not there.
func (f *File) look() fs.FileInfo {
	info, err := os.Stat(f.name)
	if err != nil {
		return nil
	}
	return info
}

func same(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && a.Mode() == b.Mode()
}
