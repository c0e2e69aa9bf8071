package hmacauth

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"strings"

	"moongate/gateway/plugin"
)

// signature is what an Authorization header says:
//
//	hmac username="alice", algorithm="hmac-sha256", headers="date @request-target", signature="base64"
type signature struct {
	user, algorithm, text string
	headers               []string
}

func parse(value string) (s signature, ok bool) {
	rest, ok := plugin.AfterScheme(value, "hmac")
	if !ok {
		return s, false
	}
	var headers string
	for i, p := range []struct {
		name string
		to   *string
	}{{"username", &s.user}, {"algorithm", &s.algorithm}, {"headers", &headers}, {"signature", &s.text}} {
		if i > 0 {
			if rest, ok = strings.CutPrefix(rest, ","); !ok {
				return signature{}, false
			}
		}
		rest = strings.TrimLeft(rest, " \t")
		if rest, ok = strings.CutPrefix(rest, p.name+`="`); !ok {
			return signature{}, false
		}
		if *p.to, rest, ok = strings.Cut(rest, `"`); !ok || *p.to == "" {
			return signature{}, false
		}
	}
	s.headers = strings.Split(headers, " ")
	return s, true
}

var hashes = map[string]func() hash.Hash{"hmac-sha1": sha1.New, "hmac-sha256": sha256.New, "hmac-sha384": sha512.New384, "hmac-sha512": sha512.New}

// verify tells whether the request is what was signed with the secret.
func (s *signature) verify(x *plugin.Context, secret string) bool {
	newHash := hashes[s.algorithm]
	given, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s.text, "="))
	if newHash == nil || err != nil {
		return false
	}
	h := hmac.New(newHash, []byte(secret))
	h.Write(s.signed(x))
	return hmac.Equal(h.Sum(nil), given)
}

// signed is what the signature is over: a line for each header. One that is not there
// may be a name for the request line, or else counts as empty.
func (s *signature) signed(x *plugin.Context) []byte {
	r := x.R
	b := make([]byte, 0, 256)
	for i, name := range s.headers {
		if i > 0 {
			b = append(b, '\n')
		}
		value, there := r.In.Get(name)
		switch {
		case there:
			b = append(append(append(b, name...), ": "...), value...)
		case name == "@request-target":
			b = append(append(b, name...), ": "...)
			b = append(append(b, strings.ToLower(r.MethodName)...), ' ')
			b = append(b, target(r.UnparsedURI)...)
		case name == "request-line":
			b = append(append(b, r.MethodName...), ' ')
			b = append(append(b, target(r.UnparsedURI)...), ' ')
			b = append(b, r.Proto...)
		default:
			b = append(append(b, name...), ':')
		}
	}
	return b
}

// target is the path and query of what was asked for, which may be a whole address.
func target(uri string) string {
	if uri != "" && uri[0] == '/' {
		return uri
	}
	if _, rest, ok := strings.Cut(uri, "://"); ok {
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			return rest[i:]
		}
		return "/"
	}
	return uri
}

// digestFits tells whether the Digest header is that of the body; without a body there
// need be none.
func digestFits(x *plugin.Context) (bool, plugin.Result) {
	sum, empty, res := x.BodySHA256()
	if res != plugin.Next {
		return false, res
	}
	digest, there := x.R.In.Get("Digest")
	if !there {
		return empty, plugin.Next
	}
	want := "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
	return hmac.Equal([]byte(digest), []byte(want)), plugin.Next
}
