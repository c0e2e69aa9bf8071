package jwt

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// token is a parsed token; nothing of it is true before it has been verified.
type token struct {
	header, claims map[string]any
	alg            string
	signed         string // what the signature is over
	signature      []byte
}

var (
	errJSON      = errors.New("invalid JSON")
	errAlg       = errors.New("invalid alg")
	errClaims    = errors.New("invalid claims")
	errSignature = errors.New("invalid signature")
)

// parse parses the compact form, header.claims.signature.
func parse(text string) (*token, error) {
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
	t := &token{signed: text[:len(head)+1+len(body)]}
	t.header, _ = header.(map[string]any)
	t.alg, _ = t.header["alg"].(string)
	if _, known := algorithms[t.alg]; !known {
		return nil, errAlg
	}
	// Extensions that must be understood (RFC 7515, 4.1.11) are not.
	if _, critical := t.header["crit"]; critical {
		return nil, errors.New("invalid crit")
	}
	if t.claims, ok = claims.(map[string]any); !ok {
		return nil, errClaims
	}
	if t.signature, ok = decode64(sig); !ok {
		return nil, errSignature
	}
	return t, nil
}

func decodeJSON(s string) (v any, ok bool) {
	b, ok := decode64(s)
	return v, ok && json.Unmarshal(b, &v) == nil
}

// decode64 reads base64url, padded or not. The standard library skips line ends, which
// are no part of it.
func decode64(s string) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	return b, err == nil
}

// times checks exp and nbf: each of claims must be there, and hold.
func (t *token) times(claims []string, now float64) map[string]string {
	var errs map[string]string
	bad := func(claim, text string) {
		if errs == nil {
			errs = map[string]string{}
		}
		errs[claim] = text
	}
	for _, c := range claims {
		v, ok := t.claims[c].(float64)
		switch {
		case !ok:
			bad(c, "must be a number")
		case c == "exp" && v <= now:
			bad(c, "token expired")
		case c == "nbf" && v > now:
			bad(c, "token not valid yet")
		}
	}
	return errs
}

// lifetime checks that the token ends soon enough.
func (t *token) lifetime(most, now float64) map[string]string {
	if v, ok := t.claims["exp"].(float64); !ok || v-now > most {
		return map[string]string{"exp": "exceeds maximum allowed expiration"}
	}
	return nil
}

// meant checks from whom the token is and for whom; an empty list allows all.
func (t *token) meant(issuers, audiences []string) map[string]string {
	if iss, _ := t.claims["iss"].(string); len(issuers) > 0 && !slices.Contains(issuers, iss) {
		return map[string]string{"iss": "is not allowed"}
	}
	mine := func(a string) bool { return slices.Contains(audiences, a) }
	if len(audiences) > 0 && !slices.ContainsFunc(t.list("aud"), mine) {
		return map[string]string{"aud": "is not allowed"}
	}
	return nil
}

// list is a claim that is a string or a list of them. It is never nil.
func (t *token) list(claim string) []string {
	out := []string{}
	switch v := t.claims[claim].(type) {
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
