package proxyproto

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
)

// Types of version 2's additional values.
const (
	TypeALPN      = 0x01
	TypeAuthority = 0x02
	TypeCRC32C    = 0x03
	TypeUniqueID  = 0x05
	TypeSSL       = 0x20
	TypeNetNS     = 0x30

	// Inside TypeSSL, behind five bytes of client flags and verify result.
	TypeSSLVersion = 0x21
	TypeSSLCN      = 0x22
	TypeSSLCipher  = 0x23
	TypeSSLSigAlg  = 0x24
	TypeSSLKeyAlg  = 0x25
)

// Client flags of TypeSSL.
const (
	ClientSSL      = 1
	ClientCertConn = 2
	ClientCertSess = 4
)

var (
	// ErrBroken is logged by nginx, at level error, as it reads.
	ErrBroken = errors.New("broken PROXY protocol TLV")
	// ErrInvalid means that a name's "0x" is not followed by a number: invalid PROXY protocol TLV "NAME".
	ErrInvalid = errors.New("invalid PROXY protocol TLV")
	// ErrUnknown means that there is no such name: unknown PROXY protocol TLV "NAME".
	ErrUnknown = errors.New("unknown PROXY protocol TLV")
)

var tlvTypes = map[string]uint64{
	"alpn": TypeALPN, "authority": TypeAuthority, "unique_id": TypeUniqueID, "ssl": TypeSSL, "netns": TypeNetNS,
}

var sslTypes = map[string]uint64{
	"version": TypeSSLVersion, "cn": TypeSSLCN, "cipher": TypeSSLCipher, "sig_alg": TypeSSLSigAlg,
	"key_alg": TypeSSLKeyAlg,
}

// TLVs are the values behind the addresses: a byte of type, two of length, the value, and so on.
type TLVs []byte

// Find is the first value of a type.
func (t TLVs) Find(kind byte) (value []byte, ok bool, err error) {
	for len(t) > 0 {
		if len(t) < 3 {
			return nil, false, ErrBroken
		}
		n := int(binary.BigEndian.Uint16(t[1:]))
		if len(t) < 3+n {
			return nil, false, ErrBroken
		}
		if t[0] == kind {
			return t[3 : 3+n], true, nil
		}
		t = t[3+n:]
	}
	return nil, false, nil
}

const sslFixed = 5

// Get is $proxy_protocol_tlv_NAME: "alpn", "authority", "unique_id", "ssl", "netns", "ssl_version", "ssl_cn", "ssl_cipher",
// "ssl_sig_alg", "ssl_key_alg", "ssl_verify" (a number), and "0x.." or "ssl_0x..".
func (t TLVs) Get(name string) (value string, ok bool, err error) {
	types := tlvTypes
	field, inSSL := strings.CutPrefix(name, "ssl_")
	if inSSL {
		v, ok, err := t.Find(TypeSSL)
		if !ok || len(v) < sslFixed {
			return "", false, err
		}
		if field == "verify" {
			return strconv.FormatUint(uint64(binary.BigEndian.Uint32(v[1:])), 10), true, nil
		}
		t = v[sslFixed:]
		types = sslTypes
	}
	kind, known := types[field]
	if digits, hex := strings.CutPrefix(field, "0x"); hex {
		if kind, err = strconv.ParseUint(digits, 16, 63); err != nil {
			return "", false, ErrInvalid
		}
	} else if !known {
		return "", false, ErrUnknown
	}
	if kind > 255 {
		return "", false, nil
	}
	v, ok, err := t.Find(byte(kind))
	return view(v), ok, err
}
