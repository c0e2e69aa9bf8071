package htpasswd

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// ErrUnknown says that a hash is of no kind known here, or broken.
var ErrUnknown = errors.New("unknown or malformed password hash")

// Verify tells whether a password is the one that was hashed (ngx_crypt and the
// comparison behind it).
func Verify(hash, password string) (bool, error) {
	switch {
	case strings.HasPrefix(hash, "$apr1$"):
		return same(md5Crypt(password, hash, "$apr1$"), hash), nil
	case strings.HasPrefix(hash, "{PLAIN}"):
		return same(password, hash[len("{PLAIN}"):]), nil
	case strings.HasPrefix(hash, "{SSHA}"):
		return salted(hash[len("{SSHA}"):], password)
	case strings.HasPrefix(hash, "{SHA}"):
		sum := sha1.Sum([]byte(password))
		return same(base64.StdEncoding.EncodeToString(sum[:]), hash[len("{SHA}"):]), nil
	case strings.HasPrefix(hash, "$1$"):
		return same(md5Crypt(password, hash, "$1$"), hash), nil
	case strings.HasPrefix(hash, "$5$"), strings.HasPrefix(hash, "$6$"):
		made, ok := shaCrypt(password, hash)
		if !ok {
			return false, ErrUnknown
		}
		return same(made, hash), nil
	case strings.HasPrefix(hash, "$2"):
		return bcrypted(hash, password)
	}
	made, ok := desCrypt(password, hash)
	if !ok {
		return false, ErrUnknown
	}
	return same(made, hash), nil
}

// Slow tells whether judging a password by this hash takes milliseconds.
func Slow(hash string) bool { return strings.HasPrefix(hash, "$") }

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// salted is ngx_crypt_ssha: what is too short to hold a digest has a salt of
// nothing, and never fits.
func salted(text, password string) (bool, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) < sha1.Size {
		return false, nil
	}
	sum := sha1.Sum(append([]byte(password), raw[sha1.Size:]...))
	return subtle.ConstantTimeCompare(sum[:], raw[:sha1.Size]) == 1, nil
}

// bcrypted compares with a bcrypt hash. Of a password 72 bytes count, as in the C
// implementations.
func bcrypted(hash, password string) (bool, error) {
	if i := strings.IndexByte(password, 0); i >= 0 {
		password = password[:i]
	}
	if len(password) > 72 {
		password = password[:72]
	}
	switch err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)); {
	case err == nil:
		return true, nil
	case errors.Is(err, bcrypt.ErrMismatchedHashAndPassword):
		return false, nil
	}
	return false, ErrUnknown
}
