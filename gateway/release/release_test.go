package release

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
)

type asked struct{ headers, queries, cookies map[string][]string }

func nth(all []string, i int) (string, bool) {
	if i < len(all) {
		return all[i], true
	}
	return "", false
}

func (a *asked) Header(name string, i int) (string, bool) { return nth(a.headers[name], i) }
func (a *asked) Query(name string, i int) (string, bool)  { return nth(a.queries[name], i) }
func (a *asked) Cookie(name string, i int) (string, bool) { return nth(a.cookies[name], i) }

type set map[string]bool

func (s set) Has(v string) bool { return s[v] }

func made(t testing.TB, s Spec) *Release {
	t.Helper()
	r, err := New(&s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// 10 % of 100,000 users are 10 % +- 0.5 %, and raising the share moves nobody back. So it is with numbered users, with
// addresses, and whatever the salt.
func TestShare(t *testing.T) {
	for _, salt := range []string{"", "a", "b", "3f0c2a1e-55aa-4a57-9a0e-8d2e7a1f9f10"} {
		r := made(t, Spec{Salt: salt})
		for name, request := range map[string]func(i int) *Request{
			"users": func(i int) *Request { return &Request{User: fmt.Sprintf("user-%d", i)} },
			"addresses": func(i int) *Request {
				return &Request{Client: netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}).Next()}
			},
			"ipv6": func(i int) *Request {
				return &Request{Client: netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(i >> 16), byte(i >> 8), byte(i)})}
			},
		} {
			in := make([]bool, 100_000)
			if name == "addresses" {
				in = in[:65_536]
			}
			for _, share := range []Share{1, 10, 100, 1000, 2000, 5000, 9999, All} {
				n := 0
				for i := range in {
					got := r.Decide(request(i), share).Variant == Candidate
					if in[i] && !got {
						t.Fatalf("%s: %d moves back at %s", name, i, share)
					}
					in[i] = got
					if got {
						n++
					}
				}
				percent := float64(n) / float64(len(in)) * 100
				if want := float64(share) / 100; percent < want-0.5 || percent > want+0.5 {
					t.Errorf("salt %q, %s: %.2f %% at %s", salt, name, percent, share)
				}
			}
		}
	}
}

// Two releases draw independently: of those in one, half are in the other.
func TestSalts(t *testing.T) {
	a, b := made(t, Spec{Salt: "release-1"}), made(t, Spec{Salt: "release-2"})
	both, one := 0, 0
	for i := range 100_000 {
		req := &Request{User: fmt.Sprint(i)}
		if a.Decide(req, 5000).Variant == Candidate {
			one++
			if b.Decide(req, 5000).Variant == Candidate {
				both++
			}
		}
	}
	if r := float64(both) / float64(one); r < 0.49 || r > 0.51 {
		t.Errorf("%.3f of those in one release are in the other", r)
	}
}

// Buckets are for ever: if this test fails, running releases would move their clients.
func TestBucketsNeverChange(t *testing.T) {
	r := made(t, Spec{Salt: "s"})
	for user, want := range map[string]int{"alice": 2617, "bob": 5607, "": 1064, "用户": 6152} {
		if got := bucket(r.salt, user); got != want {
			t.Errorf("%s: %d, not %d", user, got, want)
		}
	}
	a := netip.MustParseAddr("192.0.2.7")
	plain, _ := r.Bucket(&Request{Client: a})
	mapped, _ := r.Bucket(&Request{Client: netip.AddrFrom16(a.As16())})
	if text := bucket(r.salt, "192.0.2.7"); plain != text || mapped != text {
		t.Errorf("an address has buckets %d, %d and %d", plain, mapped, text)
	}
}

func TestDecide(t *testing.T) {
	spec := Spec{
		Salt:   "s",
		Sticky: []string{"cookie:sid", "user"},
		Never:  []Clause{{{Of: "user", In: []string{"boss"}}}},
		Always: []Clause{
			{{Of: "address", In: []string{"192.168.40.1", "10.0.0.0/8"}}},
			{{Of: "header:X-Env", In: []string{"gray"}}, {Of: "query:v", Versions: []string{">=2", "<3"}}},
			{{Of: "user", Set: set{"eve": true}}},
		},
		Among: []Clause{{{Of: "class", In: []string{"mobile", "desktop"}}}},
	}
	r := made(t, spec)
	phone := map[string][]string{"user-agent": {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Mobile/15E148"}}
	for _, c := range []struct {
		req   Request
		share Share
		want  Why
		text  string
	}{
		{Request{User: "boss", Client: netip.MustParseAddr("10.1.1.1")}, All, Never, `baseline: never, clause 1: user is "boss"`},
		{Request{Client: netip.MustParseAddr("192.168.40.1")}, 0, Always, `candidate: always, clause 1: address is "192.168.40.1"`},
		{Request{Client: netip.MustParseAddr("::ffff:10.2.3.4")}, 0, Always, `candidate: always, clause 1: address is "10.2.3.4"`},
		{Request{Values: &asked{headers: map[string][]string{"x-env": {"gray"}}, queries: map[string][]string{"v": {"2.1"}}}}, 0, Always,
			`candidate: always, clause 2: header:X-Env is "gray" and query:v is "2.1"`},
		{Request{Values: &asked{headers: map[string][]string{"x-env": {"gray"}}}}, 0, NotAmong, "baseline: not among those who take part"},
		{Request{User: "eve"}, 0, Always, `candidate: always, clause 3: user is "eve"`},
		{Request{User: "bob", Values: &asked{headers: phone}}, 0, Nobody, "baseline: the share is 0 %"},
		{Request{Values: &asked{headers: phone}}, All, Everyone, "candidate: the share is 100 %"},
		{Request{Values: &asked{headers: phone}}, 1, NoKey, "baseline: the request has no cookie:sid, no user"},
		{Request{User: "bob", Values: &asked{headers: phone}}, 100, NotYet, `baseline: user "bob" is at 56.07 %, not below 1 %`},
		{Request{User: "x", Values: &asked{headers: phone, cookies: map[string][]string{"sid": {"", "bob"}}}}, 9999, InShare,
			`candidate: cookie:sid "bob" is at 56.07 %, below 99.99 %`},
	} {
		d := r.Decide(&c.req, c.share)
		if text := r.Explain(&c.req, c.share, d); d.Why != c.want || text != c.text {
			t.Errorf("%s, %s; want %s, %s", d.Why, text, c.want, c.text)
		}
	}
}

func TestFaults(t *testing.T) {
	for want, s := range map[string]Spec{
		"/sticky/1":   {Sticky: []string{"user", "class"}},
		"/sticky/0":   {Sticky: []string{"header:"}},
		"/always/1/0": {Always: []Clause{{}, {{Of: "ip"}}}},
		"/never/0/1":  {Never: []Clause{{{Of: "user"}, {Of: "address", In: []string{"10.0.0.0/33"}}}}},
		"/among/0/0":  {Among: []Clause{{{Of: "class", In: []string{"phone"}}}}},
		"/among/1/0":  {Among: []Clause{{}, {{Of: "header:x", In: []string{"~*("}}}}},
		"/always/0/0": {Always: []Clause{{{Of: "header:x", Versions: []string{">= beta"}}}}},
		"/always/0/1": {Always: []Clause{{{Of: "user"}, {Of: "class", Versions: []string{"1"}}}}},
		"/always/2/0": {Always: []Clause{{}, {}, {{Of: "user", Networks: []string{"bob"}}}}},
	} {
		_, err := New(&s)
		var f *Fault
		if !errors.As(err, &f) || f.Pointer != want || f.Err == nil {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	r := made(t, Spec{
		Salt:  "s",
		Never: []Clause{{{Of: "address", Set: set{}}}},
		Always: []Clause{{{Of: "address", In: []string{"192.168.0.0/16"}}}, {{Of: "header:x-env", In: []string{"~*^gr"}}},
			{{Of: "header:x-version", Versions: []string{">=2 <3-rc.1"}}}, {{Of: "header:x-env", In: []string{"Gray", "Green"}, Fold: true}}, {{Of: "header:x-real-ip", Networks: []string{"10.0.0.0/8", "fd00::/8"}}}},
		Among: []Clause{{{Of: "class", In: []string{"desktop"}}}},
	})
	v := &asked{headers: map[string][]string{"user-agent": {"Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"},
		"x-env": {"PROD"}, "x-version": {"3.0-rc.1"}, "x-real-ip": {"203.0.113.9"}}}
	for name, req := range map[string]Request{
		"user":    {User: "bob", Client: netip.MustParseAddr("203.0.113.9"), Address: "203.0.113.9", Values: v},
		"address": {Client: netip.MustParseAddr("2001:db8::1"), Address: "2001:db8::1", Values: v},
	} {
		var d Decision
		if n := testing.AllocsPerRun(100, func() { d = r.Decide(&req, 1000) }); n != 0 || d.Why != InShare && d.Why != NotYet {
			t.Errorf("%s: %v allocations, %s", name, n, d.Why)
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	req := &Request{User: "user-1234", Client: netip.MustParseAddr("203.0.113.9"), Values: &asked{}}
	var networks []string
	for i := range 10_000 {
		networks = append(networks, fmt.Sprintf("10.%d.%d.0/25", i/256, i%256))
	}
	for name, s := range map[string]Spec{
		"share":    {Salt: "s"},
		"networks": {Salt: "s", Always: []Clause{{{Of: "address", In: networks}}}},
		"rules": {Salt: "s", Always: []Clause{{{Of: "header:x-env", In: []string{"gray"}}}, {{Of: "cookie:gray", In: []string{"1"}}},
			{{Of: "user", In: []string{"eve", "mallory"}}}}},
	} {
		r := made(b, s)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r.Decide(req, 1000)
			}
		})
	}
}
