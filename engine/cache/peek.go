package cache

import (
	"crypto/md5"
	"hash/crc32"

	"moongate/edge/sys/file"
)

// Front is the beginning of a file, for those who look into a cache without asking for
// what is in it: no use is counted, and nothing gets younger by it. It may be used for one
// file after the other; what it has of one ends with the next.
type Front struct {
	Meta
	Key    string
	Head   []byte        // the upstream's header
	Body   []byte        // as much of the body as was asked for
	Length int64         // of the file
	sum    [keySize]byte // of its name, when it was met on a walk
	buf    []byte
}

// Peek reads the file of a key, with so many bytes of its body at most. It is false without
// a good one; whether it is over is the caller's to judge.
func (c *Cache) Peek(key string, body int64, f *Front) bool {
	sum := md5.Sum([]byte(key))
	return f.load(string(c.appendName(nil, &sum)), body) && f.Key == key
}

// mostFront is what is read of a file at first: the front, and of most also the header.
const mostFront = 4096

func (f *Front) load(name string, body int64) bool {
	fd, no := file.Open(name, file.ReadOnly|file.NonBlock, 0)
	if no != 0 {
		return false
	}
	defer file.Close(fd)
	var info file.Info
	if file.Fstat(fd, &info) != 0 || !info.IsRegular() {
		return false
	}
	f.Length = info.Size
	if !f.fill(fd, mostFront) || !f.parse() {
		return false
	}
	most := int64(f.BodyStart) + min(body, f.Length-int64(f.BodyStart))
	if most > int64(len(f.buf)) && (!f.fill(fd, most) || !f.parse()) || most > int64(len(f.buf)) {
		return false // it has been cut off just now
	}
	f.Head, f.Body = f.buf[f.HeaderStart:f.BodyStart], f.buf[f.BodyStart:most]
	return true
}

// fill reads so much of the file, or all of it.
func (f *Front) fill(fd int, most int64) bool {
	if int64(cap(f.buf)) < most {
		f.buf = make([]byte, most)
	}
	n, no := file.ReadAt(fd, f.buf[:most], 0)
	f.buf = f.buf[:n]
	return no == 0
}

// parse is Entry.check for who does not know the key.
func (f *Front) parse() bool {
	b := f.buf
	if len(b) < frontSize {
		return false
	}
	var fixed front
	fixed.read(b)
	f.Meta = fixed.Meta
	at, end := frontSize+len(keyMark), f.HeaderStart-1
	if fixed.version != version || end < at || end >= len(b) || string(b[frontSize:at]) != keyMark || b[end] != '\n' {
		return false
	}
	f.Key = string(b[at:end])
	return fixed.crc == crc32.ChecksumIEEE(b[at:end]) && f.BodyStart >= f.HeaderStart && int64(f.BodyStart) <= f.Length &&
		(fixed.length == 0 || fixed.length == uint32(f.Length))
}
