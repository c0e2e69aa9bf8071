package resolver

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParseURL(t *testing.T) {
	long := "unix:/" + strings.Repeat("x", 120)
	def, listen, uri := URLOptions{DefaultPort: 80, NoResolve: true}, URLOptions{DefaultPort: 80, Listen: true}, URLOptions{DefaultPort: 80, URIPart: true, NoResolve: true}
	for _, c := range []struct {
		text string
		o    URLOptions
		want string
	}{
		{"127.0.0.1", def, "127.0.0.1:80"}, {"127.0.0.1:8080", def, "127.0.0.1:8080"}, {"[::1]:9", def, "[::1]:9"}, {"[::1]", def, "[::1]:80"},
		{"unix:/run/x", def, "unix:/run/x"}, {"UNIX:/run/x", def, "UNIX:/run/x"}, {"a.test:81", def, ""}, {"8080", listen, "0.0.0.0:8080"}, {"*:8080", listen, "0.0.0.0:8080"},
		{"[::]:8080-8082", listen, "[::]:8080 [::]:8081 [::]:8082"}, {"127.0.0.1:80-81", listen, "127.0.0.1:80 127.0.0.1:81"}, {"80-81", listen, "0.0.0.0:80 0.0.0.0:81"},
		{"127.0.0.1:81/x?y", uri, "127.0.0.1:81"}, {"unix:/run/x:/uri", uri, "unix:/run/x"}, {"127.0.0.1?a:b", uri, "127.0.0.1:80"},
		{"127.0.0.1:0", def, "!invalid port"}, {"127.0.0.1:65536", def, "!invalid port"}, {"127.0.0.1:+1", def, "!invalid port"}, {"127.0.0.1:", def, "!invalid port"}, {":80", def, "!no host"},
		{"127.0.0.1:80-81", def, "!invalid port"}, {"81-80", listen, "!invalid port range"}, {"70000", listen, "!invalid port"}, {"a/b", def, "!invalid host"}, {"[::1", def, "!invalid host"},
		{"[::1]x", def, "!invalid host"}, {"[]:80", def, "!no host"}, {"[zz]:80", def, "!invalid IPv6 address"}, {"unix:", def, "!no path in the unix domain socket"},
		{long, def, "!too long path in the unix domain socket"}, {"no such name.invalid", URLOptions{DefaultPort: 1}, "!host not found"},
	} {
		u, err := ParseURL(c.text, c.o)
		var names []string
		for _, x := range u.Addrs {
			names = append(names, x.Name)
		}
		got := strings.Join(names, " ")
		if err != nil {
			got = "!" + err.Error()
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	u, _ := ParseURL("127.0.0.1:81/x?y", uri)
	if u.URI != "/x?y" || u.Host != "127.0.0.1" || u.Port != 81 || u.PortText != "81" {
		t.Errorf("%+v", u)
	}
	if u, err := ParseURL("localhost:81", URLOptions{}); err != nil || len(u.Addrs) == 0 {
		t.Error(err)
	}
}

func TestParseOptions(t *testing.T) {
	o, err := ParseOptions([]string{"127.0.0.1", "[::1]:54", "valid=1m", "ipv6=off", "status_zone=z"})
	if err != nil || len(o.Servers) != 2 || o.Valid != time.Minute || !o.NoIPv6 || o.NoIPv4 || o.Servers[0].Port() != 53 || o.StatusZone != "z" {
		t.Errorf("%+v %v", o, err)
	}
	for in, want := range map[string]string{
		"valid=x": "invalid parameter: valid=x", "ipv4=maybe": "invalid parameter: ipv4=maybe", "ipv4=off ipv6=off": `"ipv4" and "ipv6" cannot both be "off"`,
		"valid=5s": "no name servers defined", "127.0.0.1:0": `invalid port in resolver "127.0.0.1:0"`, "unix:/x": `invalid host in resolver "unix:/x"`,
	} {
		if _, err := ParseOptions(strings.Fields(in)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", in, err)
		}
	}
	for in, want := range map[string]string{"30": "30s", "1h 30m": "1h30m0s", "1h30m": "1h30m0s", "5m1h": "", "": "", "1x": "", "99999999999": ""} {
		d, ok := parseSeconds(in)
		if got := fmt.Sprint(d); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %v %v", in, d, ok)
		}
	}
}
