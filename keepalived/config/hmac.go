package config

import (
	"encoding/hex"
	"strings"
	"time"
)

func seconds(n uint32) time.Duration { return time.Duration(n) * time.Second }

func hmacKey(r *reader, w []string) {
	h := r.vi.HMAC
	id, ok := r.uint(w[1], 0, 255, hard)
	if !ok {
		return
	}
	var key []byte
	var err error
	switch {
	case strings.HasPrefix(w[2], "hex:"):
		key, err = hex.DecodeString(w[2][len("hex:"):])
	case strings.HasPrefix(w[2], "file:"):
		key, err = r.host.Read(w[2][len("file:"):])
		key = []byte(strings.TrimRight(string(key), "\r\n"))
	default:
		key = []byte(w[2])
	}
	switch {
	case err != nil:
		r.err("(%s) key %d can't be read: %s", r.vi.Name, id, systemText(err))
	case len(key) < 32 || len(key) > 64:
		r.err("(%s) key %d has %d bytes, not 32 to 64", r.vi.Name, id, len(key))
	default:
		if len(h.Keys) == 0 && !h.HasActive {
			h.Active = uint8(id)
		}
		h.Keys[uint8(id)] = key
	}
}
