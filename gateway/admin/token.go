package admin

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// Role is what somebody may do; each may do all that those before may.
type Role int

const (
	None     Role = iota
	Viewer        // reads, without secrets
	Operator      // reads all and changes entities
	Admin         // replaces the whole configuration, debugs
)

var roleNames = []string{"none", "viewer", "operator", "admin"}

func (r Role) String() string { return roleNames[r] }

func parseRole(s string) (Role, bool) {
	for i, name := range roleNames[1:] {
		if s == name {
			return Role(i + 1), true
		}
	}
	return None, false
}

// Identity is who calls.
type Identity struct {
	Name string
	Role Role
}

// Tokens is the file of those who may call: lines "role name sha256", # begins a
// comment. Only digests are kept.
type Tokens struct {
	path string
	list atomic.Pointer[[]tokenLine]
	seen fs.FileInfo // of the file that was read last
}

type tokenLine struct {
	Identity
	digest [sha256.Size]byte
}

// OpenTokens reads the file. If there is none it is made with a token for an
// admin, which is returned this one time.
func OpenTokens(path string) (t *Tokens, first string, err error) {
	t = &Tokens{path: path}
	err = t.Reload()
	if errors.Is(err, fs.ErrNotExist) {
		if first, err = t.make(); err != nil {
			return nil, "", fmt.Errorf("admin tokens: %w", err)
		}
		err = t.Reload()
	}
	if err != nil {
		return nil, "", fmt.Errorf("admin tokens: %w", err)
	}
	return t, first, nil
}

// CheckTokens says what is wrong with a file of tokens, and makes none.
func CheckTokens(path string) error {
	t := &Tokens{path: path}
	if err := t.Reload(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("admin tokens: %w", err)
	}
	return nil
}

// NewToken makes a token and the line for the file.
func NewToken(role Role, name string) (token, line string) {
	token = newToken()
	sum := sha256.Sum256([]byte(token))
	return token, role.String() + " " + name + " " + hex.EncodeToString(sum[:])
}

func newToken() string { return "mg_" + rand.Text() + rand.Text()[:6] }

func (t *Tokens) make() (string, error) {
	token, line := NewToken(Admin, "admin")
	f, err := os.OpenFile(t.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintf(f, "# role (viewer, operator, admin), name, SHA-256 of the token\n%s\n", line)
	return token, errors.Join(err, f.Sync(), f.Close())
}

// Reload reads the file again; after an error what was there counts on.
func (t *Tokens) Reload() error {
	f, err := os.Open(t.path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	t.seen = info
	if info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s may be written by others (mode %v)", t.path, info.Mode().Perm())
	}
	var list []tokenLine
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		l, err := parseToken(words)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", t.path, n, err)
		}
		list = append(list, l)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	t.list.Store(&list)
	return nil
}

// Follow reads the file again when it has become another one, until the context ends.
// Whoever takes a token away does not want to wait for a reload.
func (t *Tokens) Follow(ctx context.Context, every time.Duration, log func(string)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		info, err := os.Stat(t.path)
		if err != nil || os.SameFile(info, t.seen) && info.ModTime().Equal(t.seen.ModTime()) && info.Size() == t.seen.Size() && info.Mode() == t.seen.Mode() {
			continue // an editor may be about to put a new one in its place
		}
		if err := t.Reload(); err != nil {
			log("admin tokens, those before count on: " + err.Error())
		} else {
			log("admin tokens: read again")
		}
	}
}

func parseToken(words []string) (l tokenLine, err error) {
	if len(words) != 3 {
		return l, errors.New("write: role name sha256")
	}
	role, ok := parseRole(words[0])
	if !ok {
		return l, fmt.Errorf("%q is no role, there are viewer, operator and admin", words[0])
	}
	b, err := hex.DecodeString(words[2])
	if err != nil || len(b) != sha256.Size {
		return l, errors.New("the third word must be a SHA-256 in hex")
	}
	l.Identity = Identity{Name: words[1], Role: role}
	copy(l.digest[:], b)
	return l, nil
}

// find compares with all of them, so that time tells nothing.
func (t *Tokens) find(token string) (who Identity, by proof, ok bool) {
	sum := sha256.Sum256([]byte(token))
	for _, l := range *t.list.Load() {
		if subtle.ConstantTimeCompare(sum[:], l.digest[:]) == 1 {
			who, by, ok = l.Identity, l.proof(), true
		}
	}
	return who, by, ok
}

func (l *tokenLine) proof() proof { return proof{byToken, l.Name, hex.EncodeToString(l.digest[:])} }

// holds is who has a token now that was shown once.
func (t *Tokens) holds(p proof) (who Identity, ok bool) {
	for _, l := range *t.list.Load() {
		if l.proof() == p {
			who, ok = l.Identity, true
		}
	}
	return who, ok
}

// sameText compares in a time that tells nothing but the length.
func sameText(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
