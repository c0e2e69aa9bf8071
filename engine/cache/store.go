package cache

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"

	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
)

// Create is Open for a request that was not to be answered from the cache: what it has
// got shall be stored (ngx_http_file_cache_create). False: there is no room for the key.
func (e *Entry) Create() bool {
	if !e.hashed {
		e.Hash()
	}
	e.done = false
	e.found = Miss
	return e.look() != Failed
}

var errNoRoom = errors.New("no room for the key in the cache zone")

// AppendHeader appends HeaderStart bytes: the front of the file
// (ngx_http_file_cache_set_header). If the answer varies otherwise than what was asked
// for, the entry stands for the main key from now on; an error says that there is no room
// for it, or that the upstream's header is too long.
func (e *Entry) AppendHeader(b []byte) ([]byte, error) {
	e.closeFile()
	if e.BodyStart > maxStart {
		return b, errLongHeader
	}
	e.fill()
	if e.secondary && (e.front.vary.n == 0 || e.variant != e.key) {
		e.cache.give(&e.right)
		e.secondary, e.anew, e.counted = false, true, false
		e.rename(e.main)
		if e.look() == Failed {
			return b, errNoRoom
		}
	}
	var room [frontSize]byte
	e.front.write(room[:])
	b = append(append(b, room[:]...), keyMark...)
	return append(append(b, e.Key...), '\n'), nil
}

// fill makes the front what is to be written.
func (e *Entry) fill() {
	f := &e.front
	f.Meta, f.crc, f.variant, f.length = e.Meta, e.crc, [keySize]byte{}, 0
	if f.vary.n > 0 {
		e.variant = variantOf(e.main, f.vary.bytes(), e.Fields)
		f.variant = e.variant
	}
}

var tempNumber atomic.Uint32

func init() { tempNumber.Store(rand.Uint32()) }

// CreateTemp makes a temporary file beside the one that it is to become
// (use_temp_path=off). An error has been logged.
func (e *Entry) CreateTemp() (fd int, name string, err error) {
	fd, name, fault := e.createTemp()
	if fault != 0 {
		return -1, "", fault
	}
	return fd, name, nil
}

// createTemp makes NAME.0123456789: names by which the loader knows them
// (ngx_create_temp_file).
func (e *Entry) createTemp() (fd int, name string, fault errno.Error) {
	made := false
	for {
		name = fmt.Sprintf("%s.%010d", e.Name(), tempNumber.Add(1))
		fd, no := file.Open(name, file.ReadWrite|file.Create|file.Exclusive, 0o600)
		switch fault = errno.Error(no); {
		case fault == 0:
			return fd, name, 0
		case fault == errno.EEXIST:
		case fault == errno.ENOENT && !made:
			if fault = e.makeFolder(); fault != 0 {
				return -1, "", fault
			}
			made = true
		default:
			e.Log.Crit(fault, "open() \"%s\" failed", name)
			return -1, "", fault
		}
	}
}

// makeFolder makes the folders that the file lies in. A fault has been logged.
func (e *Entry) makeFolder() errno.Error {
	folder := filepath.Dir(e.Name())
	err := os.MkdirAll(folder, 0o700)
	if err == nil {
		return 0
	}
	e.Log.Crit(errno.Number(err), "mkdir() \"%s\" failed", folder)
	return errno.Number(err)
}
