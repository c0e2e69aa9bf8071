package certs

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
)

var (
	errWrongPassword = errors.New("wrong password")
	errNotKey        = errors.New("not a private key")
)

// LoadKey reads a private key of any kind crypto/tls can use; an encrypted
// one is tried with each password in turn. Errors are nginx's texts.
func LoadKey(value string, passwords [][]byte) (crypto.Signer, error) {
	return reader(nil).key(value, passwords)
}

func (r reader) key(value string, passwords [][]byte) (crypto.Signer, error) {
	const call = "cannot load certificate key \"%s\": "
	if path, ok := strings.CutPrefix(value, "store:file:"); ok {
		value = path // of OpenSSL's stores the one that needs no OpenSSL
	}
	for _, scheme := range []string{"engine:", "store:"} {
		if strings.HasPrefix(value, scheme) {
			return nil, errors.New("cannot load certificate key \"" + value + "\": loading \"" + scheme + "...\" certificate keys is not supported")
		}
	}
	text, err := r.value(value)
	if err != nil && readFailed(err) {
		return nil, sslError(call+"BIO_new_file() failed", fopenReason(value, "r", err), value)
	}
	const read = call + "PEM_read_bio_PrivateKey() failed"
	for {
		var b *pem.Block
		if b, text = pem.Decode(text); b == nil {
			return nil, sslError(read, reasonNotKey, value)
		}
		if b.Type != "PRIVATE KEY" && !strings.HasSuffix(b.Type, " PRIVATE KEY") {
			continue
		}
		key, err := decodeKey(b, passwords)
		switch {
		case err == nil:
			return key, nil
		case errors.Is(err, errWrongPassword) && len(passwords) == 0:
			return nil, sslError(read, reasonNoPassword, value)
		case errors.Is(err, errWrongPassword) && b.Type == "ENCRYPTED PRIVATE KEY":
			return nil, sslError(read, reasonBadDecrypt+" error:"+reasonBadPKCS12, value)
		case errors.Is(err, errWrongPassword):
			return nil, sslError(read, reasonBadDecrypt+" error:"+reasonBadPEM, value)
		}
		return nil, sslError(read, reasonNotKey, value)
	}
}

// encrypted tells whether a file has something that asks for a password.
func encrypted(text []byte) bool {
	for {
		var b *pem.Block
		if b, text = pem.Decode(text); b == nil {
			return false
		}
		if b.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(b.Headers["Proc-Type"], "ENCRYPTED") {
			return true
		}
	}
}

func decodeKey(b *pem.Block, passwords [][]byte) (crypto.Signer, error) {
	var decrypt func(password []byte) ([]byte, error)
	switch {
	case b.Type == "ENCRYPTED PRIVATE KEY":
		decrypt = func(p []byte) ([]byte, error) { return decryptPKCS8(b.Bytes, p) }
	case b.Headers["DEK-Info"] != "":
		//lint:ignore SA1019 keys in this format exist, and nginx reads them
		decrypt = func(p []byte) ([]byte, error) { return x509.DecryptPEMBlock(b, p) }
	default:
		return parseKey(b.Bytes)
	}
	for _, p := range passwords {
		der, err := decrypt(p)
		if errors.Is(err, errNotKey) {
			return nil, err
		}
		if err != nil {
			continue
		}
		// A wrong password can leave valid padding by chance: only a key counts.
		if key, err := parseKey(der); err == nil {
			return key, nil
		}
	}
	return nil, errWrongPassword
}

func parseKey(der []byte) (crypto.Signer, error) {
	if k, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if s, ok := k.(crypto.Signer); ok {
			return s, nil
		}
		return nil, errNotKey
	}
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k, nil
	}
	if k, err := x509.ParseECPrivateKey(der); err == nil {
		return k, nil
	}
	return nil, errNotKey
}
