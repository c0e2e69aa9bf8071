package authbasic

import (
	"os"
	"path/filepath"
	"testing"

	"moongate/edge/sys/errno"
)

const users = "# comment:x\n\r\nfirst:{PLAIN}1\nuser:$apr1$x$y:a comment\r\nusers:other\nus\n#user:z\nlast:{PLAIN}end"

func TestScan(t *testing.T) {
	for user, want := range map[string]string{
		"first": "{PLAIN}1", "user": "$apr1$x$y", "users": "other", "last": "{PLAIN}end",
		"us": "-", "use": "-", "nobody": "-", "# comment": "-", "#user": "-",
	} {
		for step := 1; step < 9; step++ {
			s := scanner{user: user}
			for at := 0; at < len(users); at += step {
				if s.scan([]byte(users[at:min(at+step, len(users))])) {
					break
				}
			}
			hash, found := s.result()
			if !found {
				hash = "-"
			}
			if hash != want {
				t.Errorf("%q in steps of %d: %q, not %q", user, step, hash, want)
			}
		}
	}
}

func TestLookUp(t *testing.T) {
	name := filepath.Join(t.TempDir(), "users")
	if _, _, err := lookUp(name, "user"); errno.Number(err) != errno.ENOENT {
		t.Errorf("a missing file: %v", err)
	}
	if err := os.WriteFile(name, []byte(users), 0o600); err != nil {
		t.Fatal(err)
	}
	if hash, found, err := lookUp(name, "last"); hash != "{PLAIN}end" || !found || err != nil {
		t.Errorf("%q %v %v", hash, found, err)
	}
}

func FuzzScan(f *testing.F) {
	f.Add("a:b\nc:d", "c")
	f.Fuzz(func(t *testing.T, text, user string) {
		s := scanner{user: user}
		s.scan([]byte(text))
		s.result()
	})
}
