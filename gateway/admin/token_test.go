package admin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An edited file counts without a reload; one that can't be read changes nothing, and
// is told of once.
func TestTokensFollow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	tokens, old, err := OpenTokens(path)
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 100)
	go tokens.Follow(t.Context(), time.Millisecond, func(s string) { said <- s })
	write := func(text string) string {
		t.Helper()
		if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
		select {
		case s := <-said:
			return s
		case <-time.After(10 * time.Second):
			t.Fatal("nobody has read the file again")
			return ""
		}
	}
	if s := write("root x y\n"); !strings.Contains(s, "those before count on") {
		t.Error(s)
	}
	if _, _, ok := tokens.find(old); !ok {
		t.Error("a bad file took the token away")
	}
	token, line := NewToken(Viewer, "v")
	if s := write(line); s != "admin tokens: read again" {
		t.Error(s)
	}
	if _, _, ok := tokens.find(old); ok {
		t.Error("the old token counts on")
	}
	if who, _, ok := tokens.find(token); !ok || who.Role != Viewer {
		t.Errorf("%v %v", who, ok)
	}
	if len(said) != 0 {
		t.Error(<-said)
	}
}
