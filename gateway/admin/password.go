package admin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// cost is what one guess at a password takes: OWASP's second choice for argon2id, about
// 20 ms of one core and 19 MiB.
type cost struct {
	memory, rounds uint32 // KiB
	lanes          uint8
}

var usualCost = cost{19 << 10, 2, 1}

// mostCost bounds what a kept hash may ask for.
var mostCost = cost{256 << 10, 16, 8}

const hashScheme = "$argon2id$v=19$m=%d,t=%d,p=%d$"

// passwords makes and checks hashes, one at a time, and rests after each as long as it took:
// however many log in, half a core is the most that it costs.
type passwords struct {
	cost
	place chan struct{}
	decoy string // what the password of nobody is compared with
}

func newPasswords(c cost) *passwords {
	p := &passwords{cost: c, place: make(chan struct{}, 1)}
	var salt [16]byte
	rand.Read(salt[:])
	p.decoy = c.write(salt[:], make([]byte, 32))
	return p
}

// work does what takes long, in its turn.
func (p *passwords) work(ctx context.Context, do func()) error {
	select {
	case p.place <- struct{}{}:
	case <-ctx.Done():
		return busy()
	}
	began := time.Now()
	do()
	time.AfterFunc(time.Since(began), func() { <-p.place })
	return nil
}

// hash is how a password is kept: a text of the PHC string format.
func (p *passwords) hash(ctx context.Context, password string) (kept string, err error) {
	var salt [16]byte
	rand.Read(salt[:])
	err = p.work(ctx, func() { kept = p.write(salt[:], p.derive(password, salt[:], 32)) })
	return kept, err
}

// check compares a password with what is kept. With nothing kept it takes as long, and
// says no.
func (p *passwords) check(ctx context.Context, password, kept string) (right bool, err error) {
	against := kept
	if kept == "" {
		against = p.decoy
	}
	c, salt, want, err := parseHash(against)
	if err != nil {
		return false, err
	}
	err = p.work(ctx, func() {
		right = subtle.ConstantTimeCompare(c.derive(password, salt, uint32(len(want))), want) == 1 && kept != ""
	})
	return right, err
}

func (c cost) derive(password string, salt []byte, length uint32) []byte {
	return argon2.IDKey([]byte(password), salt, c.rounds, c.memory, c.lanes, length)
}

func (c cost) write(salt, key []byte) string {
	return fmt.Sprintf(hashScheme, c.memory, c.rounds, c.lanes) + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(key)
}

var errHash = errors.New("a password is kept in a form that is not understood")

func parseHash(text string) (c cost, salt, key []byte, err error) {
	if n, err := fmt.Sscanf(text, hashScheme, &c.memory, &c.rounds, &c.lanes); err != nil || n != 3 {
		return c, nil, nil, errHash
	}
	parts := strings.Split(text, "$")
	if len(parts) != 6 || c.rounds < 1 || c.lanes < 1 || c.memory < 8*uint32(c.lanes) || c.memory > mostCost.memory || c.rounds > mostCost.rounds || c.lanes > mostCost.lanes {
		return c, nil, nil, errHash
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(key) < 16 || len(key) > 64 {
		return c, nil, nil, errHash
	}
	return c, salt, key, nil
}

// Bounds of passwords and names, in letters and in bytes.
const (
	leastPassword = 8
	maxPassword   = 1024
	maxName       = 64
)

// badPassword says why a password is none, as NIST SP 800-63B counts: length, and not what
// is guessed first.
func badPassword(password, name string) string {
	switch {
	case utf8.RuneCountInString(password) < leastPassword:
		return fmt.Sprintf("it has fewer than %d letters", leastPassword)
	case len(password) > maxPassword:
		return "it is too long"
	case !utf8.ValidString(password):
		return "it is no text"
	case strings.EqualFold(password, name), strings.Count(password, password[:1]) == len(password),
		strings.Contains("1234567890 0123456789 password1 password123 moongate1 moongate123 adminadmin admin123456 qwertyuiop", strings.ToLower(password)):
		return "it is among the first that anybody would try"
	}
	return ""
}

// badName says why a name is none. Names stand in the history and in logs, so that they have
// no spaces, and nothing that moves a cursor.
func badName(name string) string {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) {
		return fmt.Sprintf("a name has 1 to %d bytes", maxName)
	}
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@+", r) {
			return "a name is of letters, digits and . _ - @ +"
		}
	}
	return ""
}
