package cache

import (
	"crypto/md5"
	"math"
	"os"

	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
)

// Remove throws out what is kept under a key, without its variants. Whoever has begun to
// send it sends it to the end, and who is about to store another answer will do so.
func (c *Cache) Remove(key string) error { return c.remove(md5.Sum([]byte(key))) }

func (c *Cache) remove(key [keySize]byte) error {
	x := c.index
	at := place{}
	x.seg.Lock()
	if n := x.find(&key, &at); n != nil && n.flags&nodeExists != 0 {
		c.throwOut(at.ref) // and unlocks
		return nil
	}
	x.seg.Unlock()
	// The index may not know of the file yet.
	name := string(c.appendName(nil, &key))
	if err := errno.Error(file.Unlink(name)); err != 0 && err != errno.ENOENT && err != errno.ENOTDIR {
		return &os.PathError{Op: "unlink", Path: name, Err: err}
	}
	return nil
}

// RemoveAll throws out all whose keys begin with a prefix, variants too. It takes its time
// as Walk does.
func (c *Cache) RemoveAll(prefix string) (err error) {
	c.Walk(prefix, 0, math.MaxInt, func(f *Front) bool {
		err = c.remove(f.sum)
		return err == nil
	})
	return err
}
