package config

import (
	"encoding/hex"
	"strings"
	"time"
)

func seconds(n uint32) time.Duration { return time.Duration(n) * time.Second }

// hmacKey reads a key. A file holds the same as could stand in its place.
func hmacKey(r *reader, w []string) {
	h, name := r.vi.HMAC, r.vi.Name
	if len(w) < 3 {
		r.err("(%s) auth_hmac key needs an id and a value", name)
		return
	}
	id, ok := r.hmacID(w[1], "key id")
	if !ok {
		return
	}
	if h.Keys[id] != nil {
		r.err("(%s) duplicate auth_hmac key id %d", name, id)
		return
	}
	value := w[2]
	if path, ok := strings.CutPrefix(value, "file:"); ok {
		value = r.hmacFile(path)
	}
	key := []byte(value)
	if digits, ok := strings.CutPrefix(value, "hex:"); ok {
		var err error
		if key, err = hex.DecodeString(digits); err != nil && len(key) >= hmacLeast {
			r.err("(%s) auth_hmac key %d is not hexadecimal", name, id)
			return
		}
	}
	if len(key) < hmacLeast || len(key) > hmacMost {
		r.err("(%s) auth_hmac key %d length %d not in range [%d, %d]", name, id, len(key), hmacLeast, hmacMost)
		return
	}
	h.Keys[id] = key
}

// How long keys are, and what is behind each advert.
const hmacLeast, hmacMost, hmacTrailer = 32, 64, 28

func (r *reader) hmacID(word, what string) (uint8, bool) {
	n, ok := r.uint(word, 1, 255, hard)
	if !ok {
		r.err("(%s) auth_hmac %s '%s' must be between 1 and 255", r.vi.Name, what, word)
	}
	return uint8(n), ok
}

func (r *reader) hmacFile(path string) string {
	b, err := r.host.Read(path)
	if err != nil {
		r.err("(%s) auth_hmac key file '%s' cannot be opened", r.vi.Name, path)
		return ""
	}
	if info, err := r.host.Stat(path); err == nil && info.Mode&0o077 != 0 {
		r.security("(%s) auth_hmac key file '%s' is readable by group or others", r.vi.Name, path)
	}
	return strings.TrimRight(string(b), "\r\n")
}

// finishHMAC drops what can't be used together.
func (r *reader) finishHMAC(d *draft) {
	h := d.HMAC
	if h == nil {
		return
	}
	if h.Keys[h.Active] == nil {
		r.err("(%s) auth_hmac active_key %d is not defined, disabling extension", d.Name, h.Active)
		d.HMAC = nil
		return
	}
	if d.Strict && h.Mode != "enforce" {
		r.err("(%s) strict mode requires auth_hmac mode enforce", d.Name)
		h.Mode = "enforce"
	}
	if d.Version == 2 && d.Auth.Type != NoAuth {
		r.err("(%s) auth_hmac cannot be combined with authentication, dropping legacy auth", d.Name)
		d.Auth = Auth{}
	}
}
