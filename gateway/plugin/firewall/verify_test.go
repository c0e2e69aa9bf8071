package firewall

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
)

// zoneFile is a DNS: names of addresses, and addresses of names.
type zoneFile struct {
	of, at map[string]string
	asked  int
}

func (z *zoneFile) LookupAddr(_ context.Context, addr string) ([]string, error) {
	z.asked++
	switch name := z.of[addr]; name {
	case "":
		return nil, &net.DNSError{IsNotFound: true}
	case "?":
		return nil, errors.New("no server answers")
	default:
		return []string{name}, nil
	}
}

func (z *zoneFile) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	z.asked++
	switch a := z.at[host]; a {
	case "":
		return nil, &net.DNSError{IsNotFound: true}
	case "?":
		return nil, &net.DNSError{IsTimeout: true}
	default:
		return []netip.Addr{netip.MustParseAddr(a)}, nil
	}
}

// Who says to be a search engine is one if both ways of the DNS say so.
func TestVerify(t *testing.T) {
	z := &zoneFile{
		of: map[string]string{"66.249.66.1": "crawl-1.googlebot.com.", "1.2.3.4": "crawl-1.googlebot.com.", "1.2.3.5": "googlebot.com.evil.test.", "1.2.3.6": "?", "1.2.3.7": "slow.googlebot.com.",
			"2001:4860::1": "v6.googlebot.com."},
		at: map[string]string{"crawl-1.googlebot.com.": "66.249.66.1", "slow.googlebot.com.": "?", "v6.googlebot.com.": "2001:4860::1"},
	}
	v := &verifier{names: z}
	google := &crawlers[0]
	for addr, want := range map[string]answer{"66.249.66.1": yes, "::ffff:66.249.66.1": yes, "1.2.3.4": no, "1.2.3.5": no, "9.9.9.9": no, "1.2.3.6": unknown, "1.2.3.7": unknown, "2001:4860::1": yes} {
		if got := v.ask(google, netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %d, want %d", addr, got, want)
		}
	}
	asked := z.asked
	for addr := range z.of {
		v.ask(google, netip.MustParseAddr(addr))
	}
	if z.asked != asked {
		t.Errorf("what is known was asked for again, %d times", z.asked-asked)
	}
	bing := &crawlers[1]
	if got := v.ask(bing, netip.MustParseAddr("66.249.66.1")); got != no {
		t.Errorf("one of Google is taken for one of Bing: %d", got)
	}
}

func TestVerifiedAreFew(t *testing.T) {
	v := &verifier{names: &zoneFile{}}
	for k := range 3 * mostKnown {
		v.ask(&crawlers[0], netip.AddrFrom4([4]byte{10, byte(k >> 16), byte(k >> 8), byte(k)}))
		if len(v.known) > mostKnown {
			t.Fatalf("%d are kept", len(v.known))
		}
	}
}

func TestClaims(t *testing.T) {
	b := &bots{verify: true, scanners: true}
	if _, c := b.judge(askedBy("Mozilla/5.0 (compatible; bingbot/2.0)")); c == nil || c.says != "bingbot" {
		t.Errorf("%v", c)
	}
	if why, c := b.judge(askedBy("sqlmap googlebot")); c != nil || why == "" {
		t.Errorf("%q %v", why, c)
	}
	b.verify = false
	if why, c := b.judge(askedBy("Googlebot/2.1")); c != nil || why != "" {
		t.Errorf("%q %v", why, c)
	}
}
