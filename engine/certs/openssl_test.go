package certs

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The openssl program as a client: its order of ciphers, its tickets.
func TestWithOpenSSLClient(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	f := newFixture(t)
	stateful := f.server(t, func(o *ServerOptions) {
		o.NoTickets, o.Cache = true, SessionCache{Kind: CacheBuiltin}
	})
	for _, c := range []struct {
		name string
		s    *Server
		args []string
		want string
	}{
		{"client's order", f.server(t, nil), []string{"-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"}, "ECDHE-RSA-AES128-GCM-SHA256"},
		{"server's order", f.server(t, func(o *ServerOptions) { o.PreferServerCiphers = true }), []string{"-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"}, "ECDHE-ECDSA-AES256-GCM-SHA384"},
		{"1.3", f.server(t, nil), []string{"-tls1_3"}, "TLS_AES_128_GCM_SHA256"},
		{"1.3 by id", stateful, []string{"-tls1_3"}, "TLS_AES_128_GCM_SHA256"},
		{"1.2 by id", stateful, []string{"-tls1_2"}, "ECDHE-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			go func() {
				for {
					nc, err := ln.Accept()
					if err != nil {
						return
					}
					go func() {
						defer nc.Close()
						s := Accept(nc, nil, func(*Conn, string) (*Server, []string, error) { return c.s, nil, nil })
						if s.Handshake() == nil {
							fmt.Fprintf(s, "facts %s %s %s\n", s.Reused(), s.Cipher(), s.SessionID())
							s.Close()
						}
					}()
				}
			}()
			sess := filepath.Join(t.TempDir(), "sess")
			var first string
			for i, arg := range []string{"-sess_out", "-sess_in"} {
				args := append([]string{"s_client", "-connect", ln.Addr().String(), "-ign_eof", arg, sess}, c.args...)
				cmd := exec.Command(openssl, args...)
				out, _ := cmd.CombinedOutput()
				_, facts, _ := strings.Cut(string(out), "facts ")
				got := strings.Fields(facts)
				if len(got) < 3 || got[0] != string(".r"[i]) || !strings.HasPrefix(got[1], c.want) || i == 1 && got[2] != first {
					t.Fatalf("%d: %q\n%s", i, got, out)
				}
				first = got[2]
			}
		})
	}
}
