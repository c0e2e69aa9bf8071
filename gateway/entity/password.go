package entity

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// rounds is what RFC 7677 asks of SCRAM at least: about a millisecond.
const rounds = 4096

const scheme = "$pbkdf2-sha256$"

// HashPassword is how a password is kept. The salt is public; it must be another
// one for each credential, and the same for the same, so that writing a document
// twice changes nothing.
func HashPassword(password, salt string) string {
	return scheme + fmt.Sprint(rounds) + "$" + salt + "$" + derive(password, salt, rounds)
}

func derive(password, salt string, rounds int) string {
	key, err := pbkdf2.Key(sha256.New, password, []byte(salt), rounds, sha256.Size)
	if err != nil {
		panic(err) // only key lengths that are not ours
	}
	return base64.RawStdEncoding.EncodeToString(key)
}

// CheckPassword says whether a password is the one that was kept. It also knows
// Kong's form, SHA-1 over password and consumer id, which an import with
// _transform: false brings.
func CheckPassword(kept, password, consumer string) bool {
	rest, ok := strings.CutPrefix(kept, scheme)
	if !ok {
		sum := sha1.Sum([]byte(password + consumer))
		return same(kept, hex.EncodeToString(sum[:]))
	}
	n, salt, hash, ok := parsePassword(rest)
	return ok && same(hash, derive(password, salt, n))
}

func same(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

func parsePassword(rest string) (n int, salt, hash string, ok bool) {
	parts := strings.Split(rest, "$")
	if len(parts) != 3 {
		return 0, "", "", false
	}
	if _, err := fmt.Sscanf(parts[0], "%d", &n); err != nil || n < 1 || n > 1_000_000 {
		return 0, "", "", false
	}
	return n, parts[1], parts[2], true
}

func isHashed(s string) bool {
	rest, ok := strings.CutPrefix(s, scheme)
	if !ok {
		return false
	}
	_, _, _, ok = parsePassword(rest)
	return ok
}

func tidyPassword(doc map[string]any) {
	s, _ := doc["password"].(string)
	id, _ := doc["id"].(string)
	if s != "" && id != "" && !isHashed(s) {
		doc["password"] = HashPassword(s, id)
	}
}
