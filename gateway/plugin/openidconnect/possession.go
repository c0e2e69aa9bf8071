package openidconnect

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/engine/zone"
	"moongate/gateway/jose"
	"moongate/gateway/plugin"
)

// A bearer token is good for whoever has it. One that is bound is good for who also has a
// key: that of a proof which comes with each request (DPoP, RFC 9449), or that of the
// certificate which was shown in the handshake (RFC 8705). The token names the key.
//
//	off       nobody looks
//	optional  tokens that are bound want a proof
//	strict    tokens that are not bound are refused
//
// A token that is bound to a DPoP key is refused as a bearer token: whoever has stolen it
// could say that it is one (RFC 9449, 7.1).

// asker is an instance for which clients are asked for certificates.
type asker struct{ *instance }

// Asks implements plugin.Asks. Whose certificate it is nobody judges: the token names it.
func (asker) Asks() []string { return nil }

const algs = "ES256 ES384 ES512 EdDSA PS256 PS384 PS512 RS256 RS384 RS512"

func digest64(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// confirmed is what a token is bound to (RFC 7800, 3.1), "" if not to that.
func confirmed(c map[string]any, method string) string {
	cnf, _ := c["cnf"].(map[string]any)
	s, _ := cnf[method].(string)
	return s
}

// possesses tells whether who shows a token has its key, and if not what becomes of the
// request.
func (i *instance) possesses(x *plugin.Context, s shown, c map[string]any) (bool, plugin.Result) {
	if !certified(i.MTLS, shows(x.R), c) {
		return false, i.unauthorized(x, "invalid_token")
	}
	bound := confirmed(c, "jkt")
	if i.DPoP == "off" || i.DPoP == "optional" && bound == "" && !s.proven {
		return true, plugin.Next
	}
	if bound == "" || !s.proven {
		return false, i.unproven(x, "invalid_token")
	}
	err := i.proof(x, s.token, bound)
	var nonce errNonce
	switch {
	case errors.As(err, &nonce):
		x.R.Out.Add("DPoP-Nonce", string(nonce))
		x.R.Out.Add("Cache-Control", "no-store")
		return false, i.unproven(x, "use_dpop_nonce")
	case err != nil:
		x.R.Logf(errlog.Info, "gateway: openid-connect: a proof is not good: %v", err)
		return false, i.unproven(x, "invalid_dpop_proof")
	}
	return true, plugin.Next
}

// unproven refuses who has not shown that a token is his.
func (i *instance) unproven(x *plugin.Context, code string) plugin.Result {
	return i.refuse(x, plugin.Challenge("DPoP", realm(i.Issuer))+`, algs="`+algs+`"`, code)
}

// shows is the client's chain of certificates, its own first.
func shows(r *httpd.Request) []*x509.Certificate {
	if t := r.Conn.TLS(); t != nil {
		return t.PeerChain()
	}
	return nil
}

// certified tells whether the certificate of the handshake is that which a token names.
func certified(mode string, chain []*x509.Certificate, c map[string]any) bool {
	if mode == "off" {
		return true
	}
	bound := confirmed(c, "x5t#S256")
	if bound == "" {
		return mode == "optional"
	}
	return len(chain) > 0 && same(bound, digest64(chain[0].Raw))
}

// errNonce is that a proof lacks this nonce.
type errNonce string

func (errNonce) Error() string { return "the nonce is missing, or too old" }

// skew is by how many seconds clients' clocks may be early in any case.
const skew = 5

// proof judges the proof that comes with a token (RFC 9449, 4.3).
func (i *instance) proof(x *plugin.Context, token, bound string) error {
	h := x.FindHeader("DPoP")
	if h.Times != 1 {
		return errors.New("there is not one proof")
	}
	p, err := jose.Parse(strings.TrimSpace(h.Value))
	if err != nil {
		return err
	}
	key, thumbprint, err := p.Embedded()
	if err != nil {
		return err
	}
	text := func(claim string) string { s, _ := p.Claims[claim].(string); return s }
	iat, timed := p.Claims["iat"].(float64)
	now := float64(event.Now().Unix())
	switch {
	case p.Header["typ"] != "dpop+jwt":
		return errors.New("its type is another one")
	case !same(thumbprint, bound):
		return errors.New("the token is another key's")
	case !p.SignedBy(key):
		return errors.New("invalid signature")
	case text("htm") != x.R.MethodName:
		return errors.New("it is for another method")
	case !i.here(x.R, text("htu")):
		return errors.New("it is for another address")
	case !same(text("ath"), digest64([]byte(token))):
		return errors.New("it is for another token")
	case text("jti") == "":
		return errors.New("it has no jti")
	case !timed || iat > now+max(i.Leeway, skew) || iat < now-i.ProofLasts-i.Leeway:
		return errors.New("it is of another time")
	}
	if i.UseNonce {
		if err := i.timely(text("nonce")); err != nil {
			return err
		}
	}
	return i.fresh(thumbprint, text("jti"), time.Duration(iat-now+i.ProofLasts+i.Leeway+1)*time.Second)
}

// here tells whether an address is that of the request, but for its query. Where the client
// has spoken no TLS with us, it may have with somebody in front of us.
func (i *instance) here(r *httpd.Request, to string) bool {
	u, err := url.Parse(to)
	if err != nil || u.User != nil {
		return false
	}
	mine, err := url.Parse(origin(r))
	if err != nil {
		return false
	}
	path, _, _ := strings.Cut(r.UnparsedURI, "?")
	own, err := url.Parse("http://x" + path)
	if err != nil {
		return false
	}
	scheme := strings.ToLower(u.Scheme)
	return (scheme == "https" || scheme == "http" && mine.Scheme == "http") && strings.EqualFold(u.Hostname(), mine.Hostname()) &&
		port(u) == port(mine) && normal(u) == normal(own)
}

// port is "" for the usual one of either scheme, which who stands in front of us may change.
func port(u *url.URL) string {
	if p := u.Port(); p != "80" && p != "443" {
		return p
	}
	return ""
}

// normal is a path in which no more is escaped than must be (RFC 3986, 6.2.2).
func normal(u *url.URL) string {
	if u.Path == "" {
		return "/"
	}
	raw := u.EscapedPath()
	b := make([]byte, 0, len(raw))
	for k := 0; k < len(raw); k++ {
		if raw[k] == '%' && k+2 < len(raw) {
			if c, err := hex.DecodeString(raw[k+1 : k+3]); err == nil {
				if !unreserved(c[0]) {
					b = append(b, strings.ToUpper(raw[k:k+3])...)
				} else {
					b = append(b, c[0])
				}
				k += 2
				continue
			}
		}
		b = append(b, raw[k])
	}
	return string(b)
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// fresh lets a proof count once, in all workers.
func (i *instance) fresh(thumbprint, jti string, keep time.Duration) error {
	name := i.sealer.Name("proof", thumbprint, jti)
	_, err := i.env.Cache.Add("openid-connect:"+i.id+":"+hex.EncodeToString(name[:16]), zone.Value{Type: zone.String, Str: []byte{1}}, max(keep, time.Second).Milliseconds(), now())
	if errors.Is(err, zone.ErrExists) {
		return errors.New("it was shown before")
	}
	return err
}

// timely judges a nonce, which is a time that we have sealed (RFC 9449, 9).
func (i *instance) timely(nonce string) error {
	if b, err := i.noncer.Open(nonce); err == nil && len(b) == 8 {
		if age := event.Now().Unix() - int64(binary.BigEndian.Uint64(b)); age >= 0 && float64(age) < i.ProofLasts {
			return nil
		}
	}
	text, err := i.noncer.Seal(binary.BigEndian.AppendUint64(nil, uint64(event.Now().Unix())))
	if err != nil {
		return err
	}
	return errNonce(text)
}
