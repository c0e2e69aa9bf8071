package basicauth

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"testing"

	"moongate/gateway/entity"
)

// Kong's pattern is ([^:]+):(.*), anywhere.
func TestSplit(t *testing.T) {
	for _, c := range []struct {
		text, user, password string
		ok                   bool
	}{
		{"a:b", "a", "b", true},
		{"a:", "a", "", true},
		{"a:b:c", "a", "b:c", true},
		{"::a:b", "a", "b", true},
		{"a:b\nc", "a", "b", true},
		{"a", "a", "", false},
		{":", "", "", false},
		{"", "", "", false},
		{":b", "b", "", false},
	} {
		if user, password, ok := split(c.text); user != c.user || password != c.password || ok != c.ok {
			t.Errorf("%q: %q %q %v", c.text, user, password, ok)
		}
	}
}

// However many passwords are right, few are remembered, and none outlives a change.
func TestVerifiedIsBounded(t *testing.T) {
	var v verified
	cred := func(n int, password string) *entity.BasicAuth {
		who := fmt.Sprint(n)
		sum := sha1.Sum([]byte(password + who))
		return &entity.BasicAuth{Consumer: &entity.Ref{ID: who}, Password: entity.KongPassword(hex.EncodeToString(sum[:]))}
	}
	for n := range 5 * half {
		if !v.check(cred(n, "x"), "x") {
			t.Fatal("a right password is wrong")
		}
		if got := len(v.new) + len(v.old); got > 2*half {
			t.Fatalf("%d are remembered", got)
		}
	}
	if !v.check(cred(5*half-1, "x"), "x") || v.check(cred(5*half-1, "y"), "x") {
		t.Error("another password is not another one")
	}
}
