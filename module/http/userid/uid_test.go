package userid

import (
	"strings"
	"testing"
)

func TestSetCookie(t *testing.T) {
	cf := &conf{}
	cf.name.V, cf.path.V, cf.domain.V, cf.expires.V = "uid", "; path=/", "; domain=x.org", expiresMax
	cf.flags.V = flagSecure | flagHTTPOnly | flagSameSite | flagLax
	s := &state{}
	s.sent.setNetwork(0, 0x7f000001)
	s.sent.setNetwork(3, 0x03030302)
	got := string(s.append(nil, cf))
	rest := "; expires=Thu, 31-Dec-37 23:55:55 GMT; domain=x.org; path=/; secure; httponly; samesite=lax"
	if !strings.HasSuffix(got, rest) {
		t.Errorf("%q", got)
	}
	want := "uid=fwAAAQAAAAAAAAAAAwMDAg=="
	if strings.TrimSuffix(got, rest) != want {
		t.Errorf("%q, want %q", strings.TrimSuffix(got, rest), want)
	}
	cf.mark.V = 'z'
	if got := string(s.append(nil, cf)); !strings.HasPrefix(got, "uid=fwAAAQAAAAAAAAAAAwMDAgz=") {
		t.Errorf("%q", got)
	}
	// A cookie that came without the mark is sent again with it.
	s.got, s.cookie = s.sent, "fwAAAQAAAAAAAAAAAwMDAg=="
	if got := string(s.append(nil, cf)); !strings.HasPrefix(got, "uid=fwAAAQAAAAAAAAAAAwMDAgz=;") {
		t.Errorf("%q", got)
	}
}

func TestSequence(t *testing.T) {
	sequencerV2.Store(0)
	if a, b := nextV2(), nextV2(); a != 0x03030302 || b != 0x03030402 {
		t.Errorf("%#x %#x", a, b)
	}
	sequencerV2.Store(0xffffff02)
	nextV2()
	if n := nextV2(); n != 0x03030302 {
		t.Errorf("%#x", n)
	}
}
