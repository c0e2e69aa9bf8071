package jose

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// Token is a parsed token; nothing of it is true before it has been verified.
type Token struct {
	Header, Claims map[string]any
	Alg            string
	signed         string // what the signature is over
	signature      []byte
}

var (
	errJSON      = errors.New("invalid JSON")
	errAlg       = errors.New("invalid alg")
	errClaims    = errors.New("invalid claims")
	errSignature = errors.New("invalid signature")
)

// Parse parses the compact form, header.Claims.signature.
func Parse(text string) (*Token, error) {
	head, rest, ok := strings.Cut(text, ".")
	body, sig, ok2 := strings.Cut(rest, ".")
	if !ok || !ok2 {
		return nil, errJSON
	}
	header, ok := decodeJSON(head)
	claims, ok2 := decodeJSON(body)
	if !ok || !ok2 {
		return nil, errJSON
	}
	t := &Token{signed: text[:len(head)+1+len(body)]}
	t.Header, _ = header.(map[string]any)
	t.Alg, _ = t.Header["alg"].(string)
	if _, known := algorithms[t.Alg]; !known {
		return nil, errAlg
	}
	// Extensions that must be understood (RFC 7515, 4.1.11) are not.
	if _, critical := t.Header["crit"]; critical {
		return nil, errors.New("invalid crit")
	}
	if t.Claims, ok = claims.(map[string]any); !ok {
		return nil, errClaims
	}
	if t.signature, ok = Decode64(sig); !ok {
		return nil, errSignature
	}
	return t, nil
}

func decodeJSON(s string) (v any, ok bool) {
	b, ok := Decode64(s)
	return v, ok && json.Unmarshal(b, &v) == nil
}

// Decode64 reads base64url, padded or not. The standard library skips line ends, which
// are no part of it.
func Decode64(s string) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	return b, err == nil
}

// Times checks exp and nbf: each of claims must be there, and hold within so many seconds
// by which clocks may differ.
func (t *Token) Times(claims []string, now, leeway float64) map[string]string {
	var errs map[string]string
	bad := func(claim, text string) {
		if errs == nil {
			errs = map[string]string{}
		}
		errs[claim] = text
	}
	for _, c := range claims {
		v, ok := t.Claims[c].(float64)
		switch {
		case !ok:
			bad(c, "must be a number")
		case c == "exp" && v <= now-leeway:
			bad(c, "token expired")
		case c == "nbf" && v > now+leeway:
			bad(c, "token not valid yet")
		}
	}
	return errs
}

// Lifetime checks that the token ends soon enough.
func (t *Token) Lifetime(most, now float64) map[string]string {
	if v, ok := t.Claims["exp"].(float64); !ok || v-now > most {
		return map[string]string{"exp": "exceeds maximum allowed expiration"}
	}
	return nil
}

// Meant checks from whom the token is and for whom; an empty list allows all.
func (t *Token) Meant(issuers, audiences []string) map[string]string {
	if iss, _ := t.Claims["iss"].(string); len(issuers) > 0 && !slices.Contains(issuers, iss) {
		return map[string]string{"iss": "is not allowed"}
	}
	mine := func(a string) bool { return slices.Contains(audiences, a) }
	if len(audiences) > 0 && !slices.ContainsFunc(t.List("aud"), mine) {
		return map[string]string{"aud": "is not allowed"}
	}
	return nil
}

// List is a claim that is a string or a list of them. It is never nil.
func (t *Token) List(claim string) []string {
	out := []string{}
	switch v := t.Claims[claim].(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}
