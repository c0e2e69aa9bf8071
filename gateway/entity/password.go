package entity

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// rounds is what RFC 7677 asks of SCRAM at least: about a millisecond.
const rounds = 4096

const scheme = "$pbkdf2-sha256$"

// HashPassword is how a password is kept. The salt is public; it must be another
// one for each credential, and the same for the same, so that writing a document
// twice changes nothing.
func HashPassword(password, salt string) string {
	return scheme + strconv.Itoa(rounds) + "$" + salt + "$" + derive(password, salt, rounds)
}

func derive(password, salt string, rounds int) string {
	key, err := pbkdf2.Key(sha256.New, password, []byte(salt), rounds, sha256.Size)
	if err != nil {
		panic(err) // only key lengths that are not ours
	}
	return base64.RawStdEncoding.EncodeToString(key)
}

// kongScheme marks Kong's form: SHA-1 over password and consumer id, in hex.
const kongScheme = "$kong-sha1$"

// KongPassword is how a password that Kong has hashed is kept: what a
// declarative file with _transform: false holds.
func KongPassword(hex string) string { return kongScheme + hex }

// CheckPassword says whether a password is the one that was kept.
func CheckPassword(kept, password, consumer string) bool {
	if hash, ok := strings.CutPrefix(kept, kongScheme); ok {
		sum := sha1.Sum([]byte(password + consumer))
		return same(hash, hex.EncodeToString(sum[:]))
	}
	n, salt, hash, ok := parsePassword(kept)
	return ok && same(hash, derive(password, salt, n))
}

func same(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

func parsePassword(kept string) (n int, salt, hash string, ok bool) {
	rest, ok := strings.CutPrefix(kept, scheme)
	parts := strings.Split(rest, "$")
	if !ok || len(parts) != 3 {
		return 0, "", "", false
	}
	n, err := strconv.Atoi(parts[0])
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, "", "", false
	}
	return n, parts[1], parts[2], true
}

func isHashed(s string) bool {
	_, _, _, ok := parsePassword(s)
	return ok || strings.HasPrefix(s, kongScheme)
}

func tidyPassword(doc map[string]any) {
	s, _ := doc["password"].(string)
	id, _ := doc["id"].(string)
	if s != "" && id != "" && !isHashed(s) {
		doc["password"] = HashPassword(s, id)
	}
}
