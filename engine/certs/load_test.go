package certs

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestErrorTexts(t *testing.T) {
	f := newFixture(t)
	junk := write(t, f.dir, "junk.pem", &pem.Block{Type: "JUNK", Bytes: []byte("x")})
	broken := write(t, f.dir, "broken.pem", &pem.Block{Type: "CERTIFICATE", Bytes: []byte{0x30, 0x82, 1, 0}})
	otherKey := write(t, f.dir, "other.key", keyBlock(t, rsaKeys()[1]))
	short := filepath.Join(f.dir, "short.key")
	if err := os.WriteFile(short, make([]byte, 60), 0o600); err != nil {
		t.Fatal(err)
	}
	no := f.dir + "/no"
	noFile := func(mode string) string {
		return " failed (SSL: error:80000002:system library::No such file or directory:calling fopen(" + no + ", " + mode + ") error:10000080:BIO routines::no such file)"
	}
	for want, change := range map[string]func(*ServerOptions){
		`cannot load certificate "` + no + `": BIO_new_file()` + noFile("r"):                                                                                      func(o *ServerOptions) { o.Certificates[0] = no },
		`cannot load certificate key "` + no + `": BIO_new_file()` + noFile("r"):                                                                                  func(o *ServerOptions) { o.Keys[0] = no },
		`SSL_CTX_use_PrivateKey("` + otherKey + `") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)`:                                  func(o *ServerOptions) { o.Keys[0] = otherKey },
		`cannot load certificate "` + junk + `": PEM_read_bio_X509_AUX() failed (SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)`: func(o *ServerOptions) { o.Certificates[0] = junk },
		`cannot load certificate "data:foo": PEM_read_bio_X509_AUX() failed (SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)`:     func(o *ServerOptions) { o.Certificates[0] = "data:foo" },
		`cannot load certificate "` + broken + `": PEM_read_bio_X509_AUX() failed (SSL: error:`:                                                                   func(o *ServerOptions) { o.Certificates[0] = broken },
		`cannot load certificate key "` + junk + `": PEM_read_bio_PrivateKey() failed (SSL: error:1E08010C:DECODER routines::unsupported`:                         func(o *ServerOptions) { o.Keys[0] = junk },
		`no "ssl_certificate_key" is defined for certificate "` + f.ecFile + `"`:                                                                                  func(o *ServerOptions) { o.Keys = o.Keys[:1] },
		`SSL_CTX_set_cipher_list("FOO") failed (SSL: error:0A0000B9:SSL routines::no cipher match)`:                                                               func(o *ServerOptions) { o.Ciphers = "FOO" },
		`SSL_CTX_set_cipher_list("HIGH:@FOO") failed (SSL: error:0A000118:SSL routines::invalid command)`:                                                         func(o *ServerOptions) { o.Ciphers = "HIGH:@FOO" },
		`SSL_CTX_set1_curves_list("foo") failed (SSL: error:0A080106:SSL routines::passed invalid argument:group 'foo' cannot be set)`:                            func(o *ServerOptions) { o.Curves = "foo" },
		`"` + short + `" must be 48 or 80 bytes`:                                     func(o *ServerOptions) { o.TicketKeys = []string{short} },
		`open() "` + no + `" failed (2: No such file or directory)`:                  func(o *ServerOptions) { o.TicketKeys = []string{no} },
		`BIO_new_file("` + no + `")` + noFile("r"):                                   func(o *ServerOptions) { o.DHParam = no },
		`BIO_new_file("` + no + `")` + noFile("rb"):                                  func(o *ServerOptions) { o.Stapling, o.StaplingFile = true, no },
		`no ssl_client_certificate or ssl_trusted_certificate for ssl_verify_client`: func(o *ServerOptions) { o.Verify = VerifyOn },
		`SSL_CONF_cmd("Foo", "bar") failed (SSL: error:0A000182:SSL routines::unknown cmd name:cmd=Foo)`: func(o *ServerOptions) {
			o.ConfCommands = [][2]string{{"Foo", "bar"}}
		},
	} {
		o := ServerOptions{Certificates: []string{f.rsaFile, f.ecFile}, Keys: []string{f.rsaKey, f.ecKeyFile}}
		change(&o)
		if _, err := NewServer(o, nil); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

func TestEncryptedKeys(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	f := newFixture(t)
	for _, args := range [][]string{
		{"pkcs8", "-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512"},
		{"pkcs8", "-topk8", "-v2", "des3", "-v2prf", "hmacWithSHA1"},
		{"rsa", "-traditional", "-aes128"},
		{"rsa", "-traditional", "-des3"},
	} {
		out := filepath.Join(f.dir, "enc.key")
		cmd := append(args, "-in", f.rsaKey, "-out", out, "-passout", "pass:moon")
		if b, err := exec.Command(openssl, cmd...).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, b)
		}
		if _, err := LoadKey(out, [][]byte{[]byte("sun"), []byte("moon")}); err != nil {
			t.Error(args, err)
		}
		if text, err := os.ReadFile(out); err != nil {
			t.Fatal(err)
		} else if _, err := LoadKey("data:"+string(text), [][]byte{[]byte("moon")}); err != nil {
			t.Error(args, err)
		}
		for passwords, want := range map[string]string{"sun": "bad decrypt", "": "bad password read"} {
			var list [][]byte
			if passwords != "" {
				list = [][]byte{[]byte(passwords)}
			}
			if _, err := LoadKey(out, list); err == nil || !strings.Contains(err.Error(), "PEM_read_bio_PrivateKey() failed (SSL: error:") || !strings.Contains(err.Error(), want) {
				t.Error(args, err)
			}
		}
	}
}

// The order and choice of suites is that of the openssl program, less what
// crypto/tls lacks.
func TestCipherListsAsOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	for _, list := range []string{
		"HIGH:!aNULL:!MD5", "DEFAULT", "ECDHE+AESGCM", "AES128-SHA:ECDHE-RSA-AES256-GCM-SHA384", "kRSA", "HIGH:!kRSA", "HIGH:-SHA:AES128-SHA",
		"ALL:+RSA", "AES:@STRENGTH", "aECDSA", "CHACHA20:AESGCM:!aECDSA", "ECDHE-RSA-AES128-GCM-SHA256,AES256-SHA FOO", "ALL:!SHA1:!SHA256", "HIGH:+ECDHE",
		"RSA+AES128", "TLSv1.2:!kRSA", "AES256:!AESGCM",
	} {
		out, err := exec.Command(openssl, "ciphers", "-s", "-tls1_2", list).Output()
		if err != nil {
			t.Fatal(list, err)
		}
		var want []string
		for _, n := range strings.Split(strings.TrimSpace(string(out)), ":") {
			for _, s := range suites {
				if s.name == n {
					want = append(want, n)
				}
			}
		}
		ids, err := expandCiphers(list)
		if err != nil {
			t.Error(err)
		}
		var got []string
		for _, id := range ids {
			if s := suiteByID[id]; s.enc != "3DES" && s.enc != "RC4" { // Debian's OpenSSL is built without
				got = append(got, s.name)
			}
		}
		if strings.Join(got, ":") != strings.Join(want, ":") {
			t.Errorf("%s\n got %s\nwant %s", list, strings.Join(got, ":"), strings.Join(want, ":"))
		}
	}
}

func TestNotices(t *testing.T) {
	f := newFixture(t)
	var got []string
	_, err := NewServer(ServerOptions{
		Certificates: []string{f.ecFile}, Keys: []string{f.ecKeyFile}, Protocols: SSLv3 | TLSv1_2, Curves: "X448:X25519", EarlyData: true, Stapling: true,
		ConfCommands: [][2]string{{"Options", "PrioritizeChaCha,-SessionTicket"}},
	}, func(s string) { got = append(got, s) })
	if err != nil || len(got) != 5 {
		t.Errorf("%v %q", err, got)
	}
}

func FuzzLoadKey(f *testing.F) {
	f.Add("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n")
	f.Add("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMAA=\n-----END RSA PRIVATE KEY-----\n")
	f.Fuzz(func(t *testing.T, text string) {
		LoadKey("data:"+text, [][]byte{[]byte("moon")})
		LoadChain("data:" + text)
	})
}
