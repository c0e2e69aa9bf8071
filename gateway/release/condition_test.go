package release

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
)

type claims map[string]string

func (c claims) Claim(name string, i int) (string, bool) {
	v, ok := c[name]
	return v, ok && i == 0
}

func TestConditions(t *testing.T) {
	addr := func(s string) *Request { return &Request{Client: netip.MustParseAddr(s)} }
	head := func(name string, v ...string) *Request {
		return &Request{Values: &asked{headers: map[string][]string{name: v}}}
	}
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for _, c := range []struct {
		cond Condition
		req  *Request
		want bool
	}{
		{Condition{Of: "address", In: []string{"10.0.0.1"}}, addr("10.0.0.1"), true},
		{Condition{Of: "address", In: []string{"10.0.0.1"}}, addr("10.0.0.2"), false},
		{Condition{Of: "address", In: []string{"::ffff:10.0.0.1"}}, addr("10.0.0.1"), true},
		{Condition{Of: "address", Networks: []string{"fd00::/8"}}, addr("fd12::1%eth0"), true},
		{Condition{Of: "address", Networks: []string{"::ffff:10.0.0.0/104"}}, addr("10.9.9.9"), true},
		{Condition{Of: "address"}, addr("10.0.0.1"), true},
		{Condition{Of: "address"}, &Request{}, false},
		{Condition{Of: "address", Set: set{"10.0.0.1": true}}, addr("::ffff:10.0.0.1"), true},
		{Condition{Of: "address", Set: set{"10.0.0.1": true}}, addr("10.0.0.2"), false},
		{Condition{Of: "address", In: []string{"10.0.0.1"}, Not: true}, addr("10.0.0.2"), true},
		{Condition{Of: "address", In: []string{"10.0.0.1"}, Not: true}, &Request{}, true},
		{Condition{Of: "user", In: []string{"bob"}}, &Request{User: "bob"}, true},
		{Condition{Of: "user", In: []string{"bob"}}, &Request{User: "Bob"}, false},
		{Condition{Of: "user", In: many}, &Request{User: "99"}, true},
		{Condition{Of: "user", In: many}, &Request{User: "100"}, false},
		{Condition{Of: "user"}, &Request{}, false},
		{Condition{Of: "user"}, &Request{User: "bob"}, true},
		{Condition{Of: "header:X-A", In: []string{"1"}}, head("x-a", "0", "1"), true},
		{Condition{Of: "header:X-A", In: []string{"~*^b$"}}, head("x-a", "B"), true},
		{Condition{Of: "header:X-A", In: []string{"~*^b$", "c"}}, head("x-a", "b"), false},
		{Condition{Of: "header:X-A", In: []string{"~*(a+)+$"}}, head("x-a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"), false},
		{Condition{Of: "header:X-Real-IP", Networks: []string{"192.168.40.0/24"}}, head("x-real-ip", "192.168.40.1"), true},
		{Condition{Of: "header:X-Real-IP", Networks: []string{"192.168.40.0/24"}}, head("x-real-ip", "192.168.40.1x"), false},
		{Condition{Of: "header:X-V", Versions: []string{">=2.3", "<3"}}, head("x-v", "2.10"), true},
		{Condition{Of: "header:X-V", Versions: []string{">=2.3 <3"}}, head("x-v", "none"), false},
		{Condition{Of: "header:X-V", In: []string{"canary"}, Versions: []string{">= 9"}}, head("x-v", "canary"), true},
		{Condition{Of: "header:X-V", Versions: []string{"1.7", ">=2.3", "<3"}}, head("x-v", "1.7.0"), true},
		{Condition{Of: "header:X-V", Versions: []string{"1.7", ">=2.3", "<3"}}, head("x-v", "1.8"), false},
		{Condition{Of: "header:X-V", Versions: []string{"1.7", "1.8"}}, head("x-v", "1.8"), true},
		{Condition{Of: "header:X-A", In: []string{"Gray"}, Fold: true}, head("x-a", "gRAY"), true},
		{Condition{Of: "header:X-A", In: append([]string{"Gray"}, many...), Fold: true}, head("x-a", "gRAY"), true},
		{Condition{Of: "header:X-A", In: append([]string{"Gray"}, many...), Fold: true}, head("x-a", "grey"), false},
		{Condition{Of: "claim:sub", In: []string{"bob"}}, &Request{Claims: claims{"sub": "bob"}}, true},
		{Condition{Of: "claim:sub", In: []string{"bob"}}, &Request{Claims: claims{"sub": "eve"}}, false},
		{Condition{Of: "claim:sub"}, &Request{}, false},
		{Condition{Of: "cookie:c"}, &Request{Values: &asked{cookies: map[string][]string{"c": {""}}}}, true},
		{Condition{Of: "cookie:c"}, &Request{}, false},
		{Condition{Of: "query:q", Not: true}, &Request{Values: &asked{}}, true},
		{Condition{Of: "class", In: []string{"tool"}}, &Request{}, true},
		{Condition{Of: "class", In: []string{"ios", "bot"}}, head("user-agent", "Googlebot/2.1"), true},
		{Condition{Of: "class", In: []string{"ios"}, Not: true}, head("user-agent", "Googlebot/2.1"), true},
	} {
		r := made(t, Spec{Always: []Clause{{c.cond}}})
		d := r.Decide(c.req, 0)
		if got := d.Why == Always; got != c.want {
			t.Errorf("%+v %+v: %v", c.cond, c.req, got)
		}
		if d.Why == Always && r.Explain(c.req, 0, d) == "" {
			t.Error("no words for it")
		}
	}
}

// The ranges find what asking each network finds.
func TestNetworks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	address := func() netip.Addr {
		if rnd.IntN(2) == 0 {
			return netip.AddrFrom4([4]byte{10, 0, byte(rnd.IntN(4)), byte(rnd.Int())})
		}
		return netip.AddrFrom16([16]byte{0xfd, 14: byte(rnd.IntN(4)), 15: byte(rnd.Int())})
	}
	for range 200 {
		var texts []string
		var all []netip.Prefix
		for range rnd.IntN(10) {
			a := address()
			p := netip.PrefixFrom(a, a.BitLen()-rnd.IntN(10))
			all = append(all, p.Masked())
			texts = append(texts, p.String())
		}
		nets, err := parseNetworks(texts)
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			a := address()
			if want := slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(a) }); nets.has(a) != want {
				t.Fatalf("%s in %s: want %v", a, texts, want)
			}
		}
	}
	nets, _ := parseNetworks([]string{"0.0.0.0/0"})
	if !nets.has(netip.MustParseAddr("255.255.255.255")) || nets.has(netip.MustParseAddr("::1")) || nets.has(netip.Addr{}) {
		t.Error("0.0.0.0/0 is all of IPv4 and nothing else")
	}
}

func TestClassify(t *testing.T) {
	for ua, want := range map[string]string{
		"": "tool", "curl/8.5.0": "tool", "python-requests/2.32": "tool", "something of ours": "tool",
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)":                                                                  "bot",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36":                               "desktop, windows, web",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15":                                         "desktop, macos, web",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                    "desktop, linux, web",
		"Mozilla/5.0 (Nintendo WiiU) AppleWebKit/536.28":                                                                                            "desktop, web",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18)": "mobile, ios, wechat, web",
		"Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148":                                                          "tablet, ios, web",
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36":                                             "mobile, android, web",
		"Mozilla/5.0 (Linux; Android 14; SM-X900) AppleWebKit/537.36 Chrome/140.0 Safari/537.36":                                                    "tablet, android, web",
		"Mozilla/5.0 (Mobile; rv:109.0) Gecko/109.0 Firefox/110.0":                                                                                  "mobile, web",
		"okhttp/4.12.0": "tool",
		"Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.49 MiniProgramEnv/android": "mobile, android, wechat, mini-program",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 AliApp(AP/10.5.88) AlipayClient/10.5.88 MiniProgram":                  "mobile, ios, mini-program",
	} {
		if got := Classify(ua).String(); got != want {
			t.Errorf("%s: %s, want %s", ua, got, want)
		}
	}
	if _, err := parseClasses(ClassNames()); err != nil {
		t.Error(err)
	}
}

// Each version is smaller than the next; those in one line are equal.
func TestVersions(t *testing.T) {
	order := [][]string{
		{"0", "v0.0"}, {"0.9.10"}, {"1.0-alpha"}, {"1.0-alpha.1"}, {"1.0-alpha.2"}, {"1.0-alpha.11"}, {"1.0-alpha.beta"}, {"1.0-beta"},
		{"1", "1.0", "V1.0.0+build7", "01"}, {"1.0.0.1"}, {"1.9"}, {"1.10"}, {"2.0-rc-1"}, {"2"}, {"18446744073709551617"},
	}
	for i, as := range order {
		for j, bs := range order {
			for _, a := range as {
				for _, b := range bs {
					c, ok := compareVersions(a, b)
					if !ok || (c < 0) != (i < j) || (c > 0) != (i > j) {
						t.Errorf("%s and %s: %d %v", a, b, c, ok)
					}
				}
			}
		}
	}
	for _, bad := range []string{"", "v", "1.", ".1", "1..2", "a", "1.x", "1-", "-1", "1 2"} {
		if _, ok := compareVersions(bad, "1"); ok {
			t.Errorf("%q is taken for a version", bad)
		}
	}
	for _, c := range []struct {
		v, in string
		want  bool
	}{
		{"2.5", ">=2.3 <3", true}, {"3", ">=2.3 <3", false}, {"2.2", ">=2.3 <3", false}, {"2.3", "> 2.3", false}, {"2.3.1", ">2.3", true},
		{"2.3", "2.3.0", true}, {"2.3", "= 2.4", false}, {"2.3", "==2.3", true}, {"2.3", "!=2.3", false}, {"2.3", "<=2.3,>=2.3", true},
	} {
		in, err := parseVersions([]string{c.in})
		if err != nil || in.have(c.v) != c.want {
			t.Errorf("%s in %s: %v", c.v, c.in, err)
		}
	}
	for _, bad := range []string{"", " ", ">", ">=2 <", "~1", "1.x", ">= >= 1", "><1"} {
		if b, err := parseBounds(bad); err == nil {
			t.Errorf("%q is the range %v", bad, b)
		}
	}
}

func FuzzVersions(f *testing.F) {
	f.Add("1.2.3-rc.1+x", "v1.2")
	f.Fuzz(func(t *testing.T, a, b string) {
		c, ok := compareVersions(a, b)
		back, okBack := compareVersions(b, a)
		if ok != okBack || ok && (c < 0) != (back > 0) || ok && (c == 0) != (back == 0) {
			t.Errorf("%q and %q: %d %v, the other way %d %v", a, b, c, ok, back, okBack)
		}
	})
}
