package sessions

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"sync"
)

// Sealer makes texts that only it can read, and that nobody else can make.
//
//	version 1 | salt 16 | nonce 12 | AES-256-GCM of flag 1 | content
//
// Each text has a key of its own, made of the secret and the salt: however many there are,
// no nonce meets itself. What a text is for is sealed in, so that a text for one purpose is
// none for another one.
type Sealer struct {
	purpose []byte
	secrets [][]byte
}

const (
	version = 1
	salt    = 16
	nonce   = 12
	// long is from where on content is made shorter before it is sealed.
	long = 1024
	// mostOpened is how long content may be: what a cookie or Redis holds is less.
	mostOpened = 1 << 20
)

const (
	plain = iota
	deflated
)

var errSealed = errors.New("is not sealed by a secret that is known")

// NewSealer seals with the first secret, and opens what any of them has sealed.
func NewSealer(purpose string, secrets ...string) (*Sealer, error) {
	s := &Sealer{purpose: append([]byte{version}, purpose...)}
	for _, text := range secrets {
		if text == "" {
			return nil, errors.New("an empty secret")
		}
		k, err := hkdf.Extract(sha256.New, []byte(text), nil)
		if err != nil {
			return nil, err
		}
		s.secrets = append(s.secrets, k)
	}
	if len(s.secrets) == 0 {
		return nil, errors.New("no secret")
	}
	return s, nil
}

func (s *Sealer) gcm(secret, salt []byte) (cipher.AEAD, error) {
	key, err := hkdf.Expand(sha256.New, secret, "moongate session "+string(salt), 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Name is a name for some texts together. Who knows it can't find out the texts, not even by
// guessing, and nobody else can make it.
func (s *Sealer) Name(texts ...string) (name [sha256.Size]byte) { return s.nameBy(s.secrets[0], texts) }

func (s *Sealer) nameBy(secret []byte, texts []string) (name [sha256.Size]byte) {
	h := hmac.New(sha256.New, secret)
	for _, text := range append([]string{"name", string(s.purpose)}, texts...) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	h.Sum(name[:0])
	return name
}

// Seal makes the text of some content.
func (s *Sealer) Seal(content []byte) (string, error) {
	inner := shorter(content)
	b := make([]byte, 1+salt+nonce, 1+salt+nonce+len(inner)+16)
	b[0] = version
	rand.Read(b[1:])
	gcm, err := s.gcm(s.secrets[0], b[1:1+salt])
	if err != nil {
		return "", err
	}
	b = gcm.Seal(b, b[1+salt:], inner, s.purpose)
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// Open gives the content of a text.
func (s *Sealer) Open(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") { // which the decoder skips
		return nil, errSealed
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < 1+salt+nonce || b[0] != version {
		return nil, errSealed
	}
	for _, secret := range s.secrets {
		gcm, err := s.gcm(secret, b[1:1+salt])
		if err != nil {
			return nil, err
		}
		if inner, err := gcm.Open(nil, b[1+salt:1+salt+nonce], b[1+salt+nonce:], s.purpose); err == nil {
			return longer(inner)
		}
	}
	return nil, errSealed
}

var writers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.DefaultCompression)
	if err != nil {
		panic(err) // the level is one
	}
	return w
}}

// flateReader is what flate.NewReader makes.
type flateReader interface {
	io.Reader
	flate.Resetter
}

var readers = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}

// shorter deflates what is long: tokens are text in base64, a quarter of which is air.
func shorter(content []byte) []byte {
	if len(content) >= long {
		b := bytes.NewBuffer([]byte{deflated})
		w := writers.Get().(*flate.Writer)
		defer writers.Put(w)
		w.Reset(b)
		if _, err := w.Write(content); err == nil && w.Close() == nil && b.Len() <= len(content) {
			return b.Bytes()
		}
	}
	return append([]byte{plain}, content...)
}

func longer(inner []byte) ([]byte, error) {
	switch {
	case len(inner) > 0 && inner[0] == plain:
		return inner[1:], nil
	case len(inner) > 0 && inner[0] == deflated:
		r := readers.Get().(flateReader)
		defer readers.Put(r)
		if err := r.Reset(bytes.NewReader(inner[1:]), nil); err != nil {
			return nil, err
		}
		return io.ReadAll(io.LimitReader(r, mostOpened))
	}
	return nil, errSealed
}
