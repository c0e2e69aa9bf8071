package certs

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"time"
)

// A ticketKey seals tickets as RFC 5077 section 4 proposes and OpenSSL does:
//
//	name 16 | iv 16 | AES-CBC(state) | HMAC-SHA256 32
//
// Files of 48 bytes hold name, AES-128 key, MAC key of 16; files of 80 bytes
// name, MAC key of 32, AES-256 key (ngx_ssl_session_ticket_keys).
type ticketKey struct {
	name     [16]byte
	aes, mac []byte
}

func parseTicketKey(b []byte) ticketKey {
	k := ticketKey{}
	copy(k.name[:], b)
	if len(b) == 48 {
		k.aes, k.mac = b[16:32:32], b[32:48:48]
	} else {
		k.mac, k.aes = b[16:48:48], b[48:80:80]
	}
	return k
}

func (k *ticketKey) seal(state []byte) ([]byte, error) {
	block, err := aes.NewCipher(k.aes)
	if err != nil {
		return nil, err
	}
	pad := 16 - len(state)%16
	out := make([]byte, 32+len(state)+pad, 32+len(state)+pad+32)
	copy(out, k.name[:])
	rand.Read(out[16:32])
	body := out[32:]
	copy(body, state)
	for i := len(state); i < len(body); i++ {
		body[i] = byte(pad)
	}
	cipher.NewCBCEncrypter(block, out[16:32]).CryptBlocks(body, body)
	return k.sum(out, out), nil
}

func (k *ticketKey) open(ticket []byte) ([]byte, bool) {
	if len(ticket) < 32+16+32 || len(ticket)%16 != 0 {
		return nil, false
	}
	text, tag := ticket[:len(ticket)-32], ticket[len(ticket)-32:]
	if !hmac.Equal(tag, k.sum(nil, text)) {
		return nil, false
	}
	block, err := aes.NewCipher(k.aes)
	if err != nil {
		return nil, false
	}
	out := make([]byte, len(text)-32)
	cipher.NewCBCDecrypter(block, text[16:32]).CryptBlocks(out, text[32:])
	out, err = unpad(out, 16)
	return out, err == nil
}

func (k *ticketKey) sum(dst, text []byte) []byte {
	h := hmac.New(sha256.New, k.mac)
	h.Write(text)
	return h.Sum(dst)
}

// loadTicketKeys reads ssl_session_ticket_key files; the first one encrypts.
func loadTicketKeys(r reader, paths []string) ([]ticketKey, error) {
	var out []ticketKey
	for _, p := range paths {
		b, err := r.file(p)
		if err != nil {
			return nil, openFailed(p, err)
		}
		if len(b) != 48 && len(b) != 80 {
			return nil, fmt.Errorf("\"%s\" must be 48 or 80 bytes", p)
		}
		out = append(out, parseTicketKey(b))
	}
	return out, nil
}

// keyRing is the keys in use: [0] encrypts, all decrypt. Without files it is
// shared by the workers through a zone and rotates as nginx's does since
// 1.23.2: current, previous and next, so that a worker that has not looked
// for a while already knows the key that others have moved to.
type keyRing struct {
	fixed   []ticketKey
	zone    Zone
	life    time.Duration
	now     func() time.Time
	current atomic.Pointer[ringState]
}

type ringState struct {
	keys   []ticketKey
	expire time.Time
}

var ringName = []byte("\x00ticket keys")

func (r *keyRing) keys() ([]ticketKey, error) {
	if r.fixed != nil {
		return r.fixed, nil
	}
	if s := r.current.Load(); s != nil && r.now().Before(s.expire) {
		return s.keys, nil
	}
	return r.rotate()
}

// rotate reads the zone's keys, and moves them on when their time is over.
// Stored: expire 8 | current 80 | previous 80 | next 80.
func (r *keyRing) rotate() ([]ticketKey, error) {
	r.zone.Lock()
	defer r.zone.Unlock()
	now := r.now()
	b, ok := r.zone.Load(ringName)
	fresh := make([]byte, 8+3*80)
	switch {
	case !ok || len(b) != len(fresh):
		rand.Read(fresh[8:])
		b = nil
	case now.Before(time.Unix(int64(binary.BigEndian.Uint64(b)), 0)):
		copy(fresh, b)
	default:
		copy(fresh[8:88], b[168:248])
		copy(fresh[88:168], b[8:88])
		rand.Read(fresh[168:])
		b = nil
	}
	if b == nil {
		binary.BigEndian.PutUint64(fresh, uint64(now.Add(r.life).Unix()))
		if err := r.zone.Store(ringName, fresh, time.Time{}); err != nil {
			return nil, err
		}
	}
	s := &ringState{expire: time.Unix(int64(binary.BigEndian.Uint64(fresh)), 0)}
	for i := range 3 {
		s.keys = append(s.keys, parseTicketKey(fresh[8+80*i:88+80*i]))
	}
	r.current.Store(s)
	return s.keys, nil
}
