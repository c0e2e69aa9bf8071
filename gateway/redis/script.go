package redis

import (
	"crypto/sha1"
	"encoding/hex"
	"strconv"
)

// Script is Lua that a server runs in one step. Servers keep it by its digest.
type Script struct{ text, digest string }

// NewScript is the script with a text.
func NewScript(text string) *Script {
	sum := sha1.Sum([]byte(text))
	return &Script{text, hex.EncodeToString(sum[:])}
}

// Run runs the script, whose text is sent only where the server doesn't have it.
func (s *Script) Run(c *Client, keys, args []string) (Reply, error) {
	list := make([]string, 0, 3+len(keys)+len(args))
	list = append(list, "EVALSHA", s.digest, strconv.Itoa(len(keys)))
	list = append(append(list, keys...), args...)
	r, err := c.Do(list...)
	if isNoScript(err) {
		list[0], list[1] = "EVAL", s.text
		r, err = c.Do(list...)
	}
	return r, err
}
