package api

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"hash"
	"sync"
	"unsafe"

	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// Digests is ngx.md5, ngx.escape_uri, ngx.encode_base64 and their like, in lib/moongate on C and Go functions by FFI; and
// what resty.sha256, resty.aes and others stand on.
var Digests = &vm.Chapter{
	Name: "digest",
	Doc:  "Digests, ciphers, and text in other encodings.",
	Open: func(v *vm.VM) error {
		if err := v.Put("moongate.go.digest", func(b luajit.Tape) { b.Int(digestID()) }); err != nil {
			return err
		}
		return v.Eval(`require "moongate.digest"`, "=digest")
	},
}

// digestCall is moongate_digest of lib/moongate/digest.lua.
type digestCall struct {
	op, kind int32
	handle   int64
	s        unsafe.Pointer
	n        uint64
	key      unsafe.Pointer
	keyLen   uint64
	iv       unsafe.Pointer
	ivLen    uint64
	out      unsafe.Pointer
}

func (c *digestCall) input() []byte  { return unsafe.Slice((*byte)(c.s), c.n) }
func (c *digestCall) secret() []byte { return unsafe.Slice((*byte)(c.key), c.keyLen) }
func (c *digestCall) vector() []byte { return unsafe.Slice((*byte)(c.iv), c.ivLen) }

// output is where n bytes of result go; Lua has made room.
func (c *digestCall) output(n int) []byte { return unsafe.Slice((*byte)(c.out), n) }

// What Lua asks for: the numbers are those of lib/moongate/digest.lua.
const (
	digestOnce = iota
	digestHMAC
	digestNew
	digestNewHMAC
	digestUpdate
	digestFinal
	digestFree
	digestRandom
	digestEncrypt
	digestDecrypt
	digestDerive
	digestSeal
)

var digests = [...]func() hash.Hash{md5.New, sha1.New, sha256.New224, sha256.New, sha512.New384, sha512.New}

// digestStreams are the digests that Lua feeds in pieces, by handle.
var digestStreams = struct {
	sync.Mutex
	all  map[int64]hash.Hash
	last int64
}{all: map[int64]hash.Hash{}}

// digestID is the id of digest for moongate_ffi_go.
var digestID = sync.OnceValue(func() int { return luajit.RegisterFFI(digest) })

func digest(p unsafe.Pointer) int64 {
	c := (*digestCall)(p)
	switch c.op {
	case digestOnce:
		c.once()
	case digestHMAC:
		h := hmac.New(digests[c.kind], c.secret())
		h.Write(c.input())
		h.Sum(c.output(h.Size())[:0])
	case digestNew:
		return keepDigest(digests[c.kind]())
	case digestNewHMAC:
		return keepDigest(hmac.New(digests[c.kind], c.secret()))
	case digestUpdate, digestFinal, digestFree:
		return c.stream()
	case digestRandom:
		rand.Read(c.output(int(c.n)))
	case digestEncrypt, digestDecrypt:
		return c.cipher()
	case digestDerive:
		c.derive()
	case digestSeal:
		return c.seal()
	default:
		return -1
	}
	return 0
}

// once allocates nothing: ngx.md5 stands in many a cache key.
func (c *digestCall) once() {
	in := c.input()
	switch c.kind {
	case 0:
		*(*[16]byte)(c.out) = md5.Sum(in)
	case 1:
		*(*[20]byte)(c.out) = sha1.Sum(in)
	case 2:
		*(*[28]byte)(c.out) = sha256.Sum224(in)
	case 3:
		*(*[32]byte)(c.out) = sha256.Sum256(in)
	case 4:
		*(*[48]byte)(c.out) = sha512.Sum384(in)
	case 5:
		*(*[64]byte)(c.out) = sha512.Sum512(in)
	}
}

func keepDigest(h hash.Hash) int64 {
	digestStreams.Lock()
	defer digestStreams.Unlock()
	digestStreams.last++
	digestStreams.all[digestStreams.last] = h
	return digestStreams.last
}

func (c *digestCall) stream() int64 {
	digestStreams.Lock()
	h := digestStreams.all[c.handle]
	if c.op == digestFree {
		delete(digestStreams.all, c.handle)
	}
	digestStreams.Unlock()
	if h == nil {
		return -1
	}
	switch c.op {
	case digestUpdate:
		h.Write(c.input())
	case digestFinal:
		h.Sum(c.output(h.Size())[:0])
	}
	return 0
}

// derive is EVP_BytesToKey of OpenSSL: c.handle rounds of digest c.kind over password and salt, until c.ivLen bytes are there.
func (c *digestCall) derive() {
	out := c.output(int(c.ivLen))
	h := digests[c.kind]()
	var sum []byte
	for len(out) > 0 {
		h.Reset()
		h.Write(sum)
		h.Write(c.input())
		h.Write(c.secret())
		sum = h.Sum(sum[:0])
		for range c.handle - 1 {
			h.Reset()
			h.Write(sum)
			sum = h.Sum(sum[:0])
		}
		out = out[copy(out, sum):]
	}
}

// seal encrypts for the RSA key in c.key: how MySQL takes passwords without TLS.
func (c *digestCall) seal() int64 {
	block, _ := pem.Decode(c.secret())
	if block == nil {
		return -1
	}
	var pub *rsa.PublicKey
	if key, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
		pub, _ = key.(*rsa.PublicKey)
	} else if key, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		pub = key
	}
	if pub == nil || pub.Size() > 2048 {
		return -1
	}
	sealed, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, pub, c.input(), nil)
	if err != nil {
		return -1
	}
	return int64(copy(c.output(pub.Size()), sealed))
}
