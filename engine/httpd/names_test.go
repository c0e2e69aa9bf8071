package httpd

import (
	"strings"
	"testing"
)

func TestServerNames(t *testing.T) {
	g := run(t, `
		server { listen SOCK; server_name def; location / { say "def $server_name"; } }
		server { listen SOCK; server_name Exact.org *.wild.org tail.*; location / { say "a $server_name"; } }
		server { listen SOCK; server_name .dot.org *.deep.wild.org; location / { say "b $server_name"; } }
		server { listen SOCK; server_name "~^(?<who>\w+)\.re\.(ORG)$" "~^x(\d+)$"; location / { say "re $who $2"; } }
		server { listen SOCK; server_name www.wild.org ""; location / { say "c"; } }
		server { listen SOCK; server_name *.com www.*; location / { say "d"; } }`, nil)
	for host, want := range map[string]string{
		"def": "def def", "nobody": "def def", "exact.org": "a exact.org", "EXACT.ORG:80": "a exact.org", "exact.org.": "a exact.org",
		"x.wild.org": "a exact.org", "x.y.wild.org": "a exact.org", "x.deep.wild.org": "b dot.org", "wild.org": "def def",
		"www.wild.org": "c", "dot.org": "b dot.org", "a.dot.org": "b dot.org", "tail.net": "a exact.org", "tail.co.uk": "a exact.org",
		"joe.re.org": "re joe org", "x12": "re  ", "www.example.com": "d", "www.example.net": "d", "[::1]:80": "def def", "": "c",
	} {
		send := "GET / HTTP/1.0\r\n"
		if host != "" {
			send += "Host: " + host + "\r\n"
		}
		got := g.ask(send + "\r\n")
		if _, body, _ := strings.Cut(got, "\r\n\r\n"); body != want {
			t.Errorf("%q: %q, not %q", host, body, want)
		}
	}
}

func TestNamesConflict(t *testing.T) {
	g, err := build(t, `
		server { listen SOCK; server_name a .b *.c d.*; }
		server { listen SOCK; server_name a b *.b; }
		server { listen SOCK; server_name *.c a/b; }`, nil)
	if err != nil {
		t.Fatal(g.log())
	}
	log := g.log()
	for _, want := range []string{`conflicting server name "a" on unix:`, `conflicting server name "b" on`, `conflicting server name "*.b" on`,
		`conflicting server name "*.c" on`, `server name "a/b" has suspicious symbols in`} {
		if !strings.Contains(log, want) {
			t.Errorf("no %s in\n%s", want, log)
		}
	}
	if n := strings.Count(log, "conflicting"); n != 4 {
		t.Error(n, "warnings")
	}
}

func TestListenFaults(t *testing.T) {
	for conf, want := range map[string]string{
		"server { listen SOCK; listen SOCK; }":                                          "a duplicate listen unix:",
		"server { listen SOCK default_server; } server { listen SOCK default_server; }": "a duplicate default server for unix:",
		"server { listen SOCK backlog=5; } server { listen SOCK rcvbuf=4k; }":           "duplicate listen options for unix:",
		"server { listen SOCK nonsense; }":                                              `invalid parameter "nonsense"`,
		"server { listen 127.0.0.1:99999; }":                                            `invalid port in "127.0.0.1:99999" of the "listen" directive`,
	} {
		g, err := build(t, conf, nil)
		if err == nil {
			t.Errorf("%s: taken", conf)
		} else if log := g.log(); !strings.Contains(log, want) {
			t.Errorf("%s:\n%s\nwant %s", conf, log, want)
		}
	}
}
