package sessions

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

func sealer(t testing.TB, purpose string, secrets ...string) *Sealer {
	t.Helper()
	s, err := NewSealer(purpose, secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSeal(t *testing.T) {
	s := sealer(t, "p", "one")
	for _, content := range []string{"", "x", strings.Repeat("long ", 1000), strings.Repeat("x", mostOpened)} {
		a, err := s.Seal([]byte(content))
		b, err2 := s.Seal([]byte(content))
		if err != nil || err2 != nil || a == b {
			t.Fatalf("%v %v: the same text twice: %v", err, err2, a == b)
		}
		if got, err := s.Open(a); err != nil || string(got) != content {
			t.Errorf("%d bytes of %d, %v", len(got), len(content), err)
		}
		for name, other := range map[string]*Sealer{"purpose": sealer(t, "q", "one"), "secret": sealer(t, "p", "two")} {
			if _, err := other.Open(a); err == nil {
				t.Errorf("opened with another %s", name)
			}
		}
		if got, err := sealer(t, "p", "two", "three", "one").Open(a); err != nil || string(got) != content {
			t.Errorf("with an old secret: %v", err)
		}
	}
	if _, err := NewSealer("p"); err == nil {
		t.Error("no secret is one")
	}
	if _, err := NewSealer("p", "one", ""); err == nil {
		t.Error("an empty secret is one")
	}
}

// No bit of a text may be another one.
func TestTouched(t *testing.T) {
	s := sealer(t, "p", "one")
	text, err := s.Seal([]byte("content"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for bit := range 8 {
			b := bytes.Clone(raw)
			b[i] ^= 1 << bit
			if _, err := s.Open(base64.RawURLEncoding.EncodeToString(b)); err == nil {
				t.Fatalf("bit %d of byte %d does not count", bit, i)
			}
		}
		if _, err := s.Open(base64.RawURLEncoding.EncodeToString(raw[:i])); err == nil {
			t.Fatalf("%d bytes are enough", i)
		}
	}
	if _, err := s.Open(text + "\n"); err == nil {
		t.Error("a line end does not count")
	}
}

// What comes in a cookie is opened or not, and nothing else happens. The text was sealed once:
// each process that fuzzes would seal another one.
func FuzzOpen(f *testing.F) {
	const text = "AegIO7YxsrIG4ojUT8c5FEUHLWMcS6FfZ3rjCEZaJYSm_FkdiLR296vttVnLzIB3JGtiIXo"
	s := sealer(f, "p", "one")
	f.Add(text)
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, in string) {
		got, err := s.Open(in)
		if err == nil && (in != text || string(got) != "content") {
			t.Errorf("%q is opened", in)
		}
		if in == text && err != nil {
			t.Errorf("what was sealed before is not opened: %v", err)
		}
	})
}

// What Redis or a cookie holds is read, or not.
func FuzzParse(f *testing.F) {
	f.Add((&Session{Data: []byte("x"), created: 1, renewed: 2, used: 3}).append(nil))
	f.Add([]byte{0x80})
	f.Fuzz(func(t *testing.T, in []byte) {
		if ss := parse(in); ss != nil && !bytes.HasSuffix(in, ss.Data) {
			t.Errorf("%q: %+v", in, ss)
		}
	})
}

// Names are of the texts, where they are parted, and the secret.
func TestName(t *testing.T) {
	one, err := NewSealer("p", "a secret for tests", "another one")
	if err != nil {
		t.Fatal(err)
	}
	same, _ := NewSealer("p", "a secret for tests")
	other, _ := NewSealer("q", "a secret for tests")
	secret, _ := NewSealer("p", "another one")
	name := one.Name("a", "bc")
	if same.Name("a", "bc") != name {
		t.Error("not always the same")
	}
	for what, n := range map[string][32]byte{"parts": one.Name("ab", "c"), "one more": one.Name("a", "bc", ""), "purpose": other.Name("a", "bc"), "secret": secret.Name("a", "bc")} {
		if n == name {
			t.Errorf("%s: the same name", what)
		}
	}
}
