package setmisc_test

import (
	"regexp"
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/module/http/rewrite"
	"moongate/module/http/setmisc"
)

var engine = httpdtest.New(rewrite.Module, setmisc.Module)

func TestConvert(t *testing.T) {
	for conf, want := range map[string]string{
		`set_unescape_uri $v $arg_a;`:                        "hello world!+%",
		`set $v $arg_a; set_unescape_uri $v;`:                "hello world!+%",
		`set_escape_uri $v "a b+/=\u";`:                      `a%20b%2B%2F%3D%5Cu`,
		`set_quote_sql_str $v "a\n\r\t'\"\\b$arg_none";`:     `'a\n\r\t\'\"\\b'`,
		`set_quote_sql_str $v;`:                              `''`,
		`set_quote_pgsql_str $v "a\n'\"\\é";`:                `E'a\n\'\"\\é'`,
		`set_decode_hex $v c4e3; set_quote_pgsql_str $v;`:    `E'\\304\\343'`,
		`set_quote_pgsql_str $v;`:                            `''`,
		`set_quote_json_str $v "a\n\r'\"\\";`:                `"a\n\r'\"\\"`,
		`set_quote_json_str $v;`:                             `null`,
		`set_decode_hex $v 011f0c08; set_quote_json_str $v;`: `"\u0001\u001f\f\b"`,
		`set_md5 $v hello;`:                                  `5d41402abc4b2a76b9719d911017c592`,
		`set_sha1 $v hello;`:                                 `aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d`,
		`set_encode_base64 $v abcde;`:                        `YWJjZGU=`,
		`set_decode_base64 $v YWJjZGU=;`:                     `abcde`,
		`set_encode_base64url $v "?b><d?";`:                  `P2I-PGQ_`,
		`set_decode_base64url $v "P2I-PGQ_";`:                `?b><d?`,
		`set_encode_hex $v abc;`:                             `616263`,
		`set_encode_base32 $v abcde;`:                        `c5h66p35`,
		`set_encode_base32 $v !;`:                            `44======`,
		`set_base32_padding off; set_encode_base32 $v !;`:    `44`,
		`set_decode_base32 $v 44======;`:                     `!`,
		`set_base32_alphabet ABCDEFGHIJKLMNOPQRSTUVWXYZ234567; set $v abcde; set_encode_base32 $v;`: `MFRGGZDF`,
		`set_hmac_sha1 $v "" ""; set_encode_hex $v;`:                                                `fbdb1d1b18aa6c08324b7d64b71fb76370690e1d`,
		`set_hmac_sha256 $v "" ""; set_encode_hex $v;`:                                              `b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad`,
		`set_if_empty $v 1; set_if_empty $v 2;`:                                                     `1`,
		`set $v 3; set_if_empty $v 4; set $v "$v$v";`:                                               `33`,
		`set $v 1; if ($arg_a) { set_encode_hex $v; } set $v "$v.";`:                                `31.`,
		`set_random $v 7 7;`:                                `7`,
		`set $v 3; set_rotate $v 1 3;`:                      `1`,
		`set $v 1; set_rotate $v 5 3;`:                      `3`,
		`set_hashed_upstream $v universe hello;`:            `sun`,
		`set $l universe; set_hashed_upstream $v $l world;`: `moon`,
		`set_formatted_gmt_time $v "";`:                     ``,
		`set_formatted_local_time $v "hello %% world";`:     `hello % world`,
	} {
		g := engine.Serve(t, "upstream_list universe moon sun earth; server { listen SOCK; location / { "+conf+" return 200 $v; } }")
		if got := httpdtest.Body(g.Get("/?a=hello+world%21%2B%25")); got != want {
			t.Errorf("%s: %q, want %q\n%s", conf, got, want, g.Log())
		}
	}
}

func TestRandom(t *testing.T) {
	g := engine.Serve(t, `server { listen SOCK; location /n { set_random $v 7 5; return 200 $v; }
		location /a { set_secure_random_alphanum $v 64; return 200 $v; } location /l { set_secure_random_lcalpha $v 1; return 200 $v; }
		location /today { set_local_today $v; return 200 $v; }
		location /rotate { set_rotate $v 0 2; return 200 $v; } }`)
	for uri, want := range map[string]string{"/n": `^[5-7]$`, "/a": `^[a-zA-Z0-9]{64}$`, "/l": `^[a-z]$`, "/today": `^\d{4}-\d\d-\d\d$`} {
		if got := httpdtest.Body(g.Get(uri)); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("%s: %q", uri, got)
		}
	}
	for _, want := range []string{"0", "1", "2", "0"} {
		if got := httpdtest.Body(g.Get("/rotate")); got != want {
			t.Errorf("rotate: %q, want %q", got, want)
		}
	}
}

func TestFailures(t *testing.T) {
	for conf, log := range map[string]string{
		`set_decode_base64 $v "a!";`:               `set_decode_base64: invalid value`,
		`set_decode_base64 $v a;`:                  `set_decode_base64: invalid value`,
		`set_decode_hex $v abc;`:                   `set_decode_hex: invalid value`,
		`set_decode_base32 $v "z!";`:               ``,
		`set_random $v -2 4;`:                      `set_random: bad "from" argument: -2`,
		`set_random $v 2 "";`:                      `set_random: bad "to" argument: `,
		`set_secure_random_alphanum $v 0;`:         `set_random: bad "length" argument: 0`,
		`set_rotate $v abc 3;`:                     `set_rotate: bad "from" argument value: "abc"`,
		`set $l x; set_hashed_upstream $v $l key;`: `set_hashed_upstream: upstream list "x" not found`,
	} {
		g := engine.Serve(t, "server { listen SOCK; location / { "+conf+" return 200 $v; } }")
		if got := httpdtest.Status(g.Get("/")); got != "500" {
			t.Errorf("%s: %s", conf, got)
		}
		g.WantLog(regexp.QuoteMeta(log))
	}
}

func TestErrors(t *testing.T) {
	for conf, want := range map[string]string{
		"set_md5 v x;":                      `invalid variable name "v" in `,
		"set_md5 $uri x;":                   `the duplicate "uri" variable in `,
		"set_base32_alphabet abc;":          `"set_base32_alphabet" directive takes an alphabet of 3 bytes but 32 expected in `,
		"set_hashed_upstream $v nowhere x;": `set_hashed_upstream: upstream list "nowhere" not found in `,
		"set_base32_alphabet " + strings.Repeat("a", 32) + ";": `"set_base32_alphabet" directive takes no alphabet with "a" at 0 in `,
	} {
		g, _, err := engine.Build(t, "server { listen SOCK; "+conf+" }")
		if err == nil || !strings.Contains(g.Log(), want) {
			t.Errorf("%s: %v, %s; want %s", conf, err, g.Log(), want)
		}
	}
}
