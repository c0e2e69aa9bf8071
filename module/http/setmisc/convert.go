package setmisc

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// converters are the directives that make one text of another.
var converters = map[string]convert{
	"set_unescape_uri":    func(r *httpd.Request, s string) (string, bool) { return unescape(r, s), true },
	"set_escape_uri":      escape,
	"set_quote_sql_str":   func(_ *httpd.Request, s string) (string, bool) { return quoteSQL(s), true },
	"set_quote_pgsql_str": func(_ *httpd.Request, s string) (string, bool) { return quotePgSQL(s), true },
	"set_quote_json_str":  func(_ *httpd.Request, s string) (string, bool) { return quoteJSON(s), true },
	"set_md5": func(_ *httpd.Request, s string) (string, bool) {
		sum := md5.Sum([]byte(s))
		return hex.EncodeToString(sum[:]), true
	},
	"set_sha1": func(_ *httpd.Request, s string) (string, bool) {
		sum := sha1.Sum([]byte(s))
		return hex.EncodeToString(sum[:]), true
	},
	"set_encode_base64": func(_ *httpd.Request, s string) (string, bool) {
		return base64.StdEncoding.EncodeToString([]byte(s)), true
	},
	"set_encode_base64url": func(_ *httpd.Request, s string) (string, bool) {
		return base64.RawURLEncoding.EncodeToString([]byte(s)), true
	},
	"set_decode_base64": func(r *httpd.Request, s string) (string, bool) {
		return decode64(r, s, base64.RawStdEncoding, "set_decode_base64")
	},
	"set_decode_base64url": func(r *httpd.Request, s string) (string, bool) {
		return decode64(r, s, base64.RawURLEncoding, "set_decode_base64url")
	},
	"set_encode_hex": func(_ *httpd.Request, s string) (string, bool) { return hex.EncodeToString([]byte(s)), true },
	"set_decode_hex": func(r *httpd.Request, s string) (string, bool) {
		b, err := hex.DecodeString(s)
		if err != nil {
			return invalid(r, "set_decode_hex")
		}
		return string(b), true
	},
	"set_encode_base32": encode32,
	"set_decode_base32": decode32,
}

// unescape undoes percent-encoding; a plus sign is a space, as in forms.
func unescape(r *httpd.Request, s string) string {
	if strings.IndexByte(s, '+') >= 0 {
		s = strings.ReplaceAll(s, "+", " ")
	}
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b, _ := http1.AppendUnescaped(r.Alloc(len(s))[:0], s, http1.UnescapeAll)
	return http1.View(b)
}

func escape(r *httpd.Request, s string) (string, bool) {
	n := http1.EscapeCount(s, http1.EscapeComponent)
	if n == 0 {
		return s, true
	}
	return http1.View(http1.AppendEscaped(r.Alloc(len(s) + 2*n)[:0], s, http1.EscapeComponent)), true
}

// decode64 reads up to the padding, as ngx_decode_base64 does.
func decode64(r *httpd.Request, s string, e *base64.Encoding, name string) (string, bool) {
	s, _, _ = strings.Cut(s, "=")
	if strings.ContainsAny(s, "\r\n") { // which Go would pass over
		return invalid(r, name)
	}
	b, err := e.DecodeString(s)
	if err != nil {
		return invalid(r, name)
	}
	return string(b), true
}

// hexAlphabet is base32hex of RFC 4648, 7, in small letters.
const hexAlphabet = "0123456789abcdefghijklmnopqrstuv"

func checkAlphabet(_ *directive.Call, c *conf) error {
	a := c.alphabet.V
	if len(a) != 32 {
		return directive.Errorf("\"set_base32_alphabet\" directive takes an alphabet of %d bytes but 32 expected", len(a))
	}
	for i := range len(a) {
		if a[i] == '\n' || a[i] == '\r' || a[i] == '=' || a[i] >= 0x80 || strings.IndexByte(a[i+1:], a[i]) >= 0 {
			return directive.Errorf("\"set_base32_alphabet\" directive takes no alphabet with \"%c\" at %d", a[i], i)
		}
	}
	return nil
}

func encode32(r *httpd.Request, s string) (string, bool) {
	c := httpd.Conf[conf](r, Module)
	v := c.base32.EncodeToString([]byte(s))
	if over := len(v) % 8; c.padding.V && over > 0 {
		v += "======"[:8-over]
	}
	return v, true
}

func decode32(r *httpd.Request, s string) (string, bool) {
	s, _, _ = strings.Cut(s, "=")
	if strings.ContainsAny(s, "\r\n") {
		return "", false
	}
	b, err := httpd.Conf[conf](r, Module).base32.DecodeString(s)
	return string(b), err == nil
}

func hmacSHA1(_ *httpd.Request, texts []string) (string, bool) {
	h := hmac.New(sha1.New, []byte(texts[0]))
	h.Write([]byte(texts[1]))
	return string(h.Sum(nil)), true
}

func hmacSHA256(_ *httpd.Request, texts []string) (string, bool) {
	h := hmac.New(sha256.New, []byte(texts[0]))
	h.Write([]byte(texts[1]))
	return string(h.Sum(nil)), true
}
