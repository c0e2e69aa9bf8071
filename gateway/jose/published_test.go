package jose

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// issuer stands in for the address: what it publishes, and how often it was asked.
type issuer struct {
	Published
	body  string
	err   error
	asked int
	now   time.Duration
	later []func()
	wrong []error
}

func newIssuer() *issuer {
	s := &issuer{now: time.Hour}
	s.Published = Published{
		Fetch:   func() ([]byte, error) { s.asked++; return []byte(s.body), s.err },
		Start:   func(f func()) { go f() },
		Failed:  func(err error) { s.wrong = append(s.wrong, err) },
		Clock:   func() time.Duration { return s.now },
		Refresh: 5 * time.Minute,
		Pause:   Pause,
	}
	return s
}

// set publishes Ed25519 keys of these ids.
func (s *issuer) set(ids ...string) {
	s.body = `{"keys":[`
	for i, id := range ids {
		if i > 0 {
			s.body += ","
		}
		s.body += fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","kid":%q,"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`, id)
	}
	s.body += "]}"
}

func of(id string) *Token {
	return &Token{Header: map[string]any{"kid": id}, Alg: "EdDSA"}
}

func (s *issuer) want(t *testing.T, what, id string, keys int, have bool, asked int) {
	t.Helper()
	got, ok := s.Find(of(id))
	if len(got) != keys || ok != have || s.asked != asked {
		t.Errorf("%s: %d keys, %v, asked %d times; want %d, %v, %d", what, len(got), ok, s.asked, keys, have, asked)
	}
}

func TestPublished(t *testing.T) {
	s := newIssuer()
	s.err = errors.New("away")
	s.want(t, "away", "a", 0, false, 1)
	s.want(t, "not asked again at once", "a", 0, false, 1)
	s.now += Pause
	s.err = nil
	s.set("a")
	s.want(t, "there", "a", 1, true, 2)
	s.want(t, "kept", "a", 1, true, 2)
	s.want(t, "unknown, too soon to ask", "b", 0, true, 2)
	s.set("a", "b")
	s.now += Pause
	s.want(t, "rotated", "b", 1, true, 3)
	s.want(t, "without an id", "", 2, true, 3)
	s.now += Pause
	s.err = errors.New("away")
	s.want(t, "unknown and away", "c", 0, true, 4)
	s.want(t, "old keys stay good", "a", 1, true, 4)
	if fmt.Sprint(s.wrong) != "[away away]" {
		t.Errorf("said: %v", s.wrong)
	}
}

// Old keys serve while new ones are on their way.
func TestPublishedInBackground(t *testing.T) {
	s := newIssuer()
	s.set("a")
	s.want(t, "first", "a", 1, true, 1)
	s.Start = func(f func()) { s.later = append(s.later, f) }
	s.set("b")
	s.now += s.Refresh
	s.want(t, "old", "a", 1, true, 1)
	s.want(t, "old, asked once", "a", 1, true, 1)
	if len(s.later) != 1 {
		t.Fatalf("asked %d times", len(s.later))
	}
	s.later[0]()
	s.Start = func(f func()) { t.Error("asked again") }
	s.want(t, "new", "b", 1, true, 2)
}

// However many wait, one asks.
func TestPublishedOnce(t *testing.T) {
	s := newIssuer()
	s.set("a")
	release := make(chan struct{})
	fetch := s.Fetch
	s.Fetch = func() ([]byte, error) { <-release; return fetch() }
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if keys, ok := s.Find(of("a")); len(keys) != 1 || !ok {
				t.Errorf("%d keys, %v", len(keys), ok)
			}
		})
	}
	for { // until all but those that come too late wait
		s.mu.Lock()
		n := len(s.waiting)
		s.mu.Unlock()
		if n == 50 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	close(release)
	all.Wait()
	if s.asked != 1 {
		t.Errorf("asked %d times", s.asked)
	}
}

func TestParseSet(t *testing.T) {
	const (
		ed   = `{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
		p256 = `{"kty":"EC","crv":"P-256","kid":"p","alg":"ES256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}`
	)
	for _, c := range []struct{ body, want string }{
		{`{"keys":[` + ed + `]}`, "ed/"},
		{`{"keys":[` + ed + `,` + p256 + `,1,{"kty":"x"}]}`, "ed/ p/ES256"},
		{`{"keys":[` + p256[:len(p256)-1] + `,"use":"enc"}]}`, ""},
		{`{"keys":[{"kty":"oct","k":"AAAA"}]}`, ""},
		{`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}`, ""},
		{`{"keys":[{"kty":"RSA","n":"","e":""}]}`, ""},
		{`{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]}`, ""},
		{`{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"}]}`, ""},
		{`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA"}]}`, ""},
		{`{}`, "there are no keys in the answer"},
		{`[]`, "json: cannot unmarshal array into Go value of type struct { Keys []json.RawMessage \"json:\\\"keys\\\"\" }"},
	} {
		got := ""
		keys, err := ParseSet([]byte(c.body))
		if err != nil {
			got = err.Error()
		}
		for i, k := range keys {
			if i > 0 {
				got += " "
			}
			got += k.ID + "/" + k.Alg
		}
		if got != c.want {
			t.Errorf("%s: %s", c.body, got)
		}
	}
}
