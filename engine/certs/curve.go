package certs

import (
	"crypto/tls"
	"fmt"
	"strings"
)

// curveNames are the names OpenSSL takes for the groups crypto/tls has; the
// first of each group is what $ssl_curve prints (OBJ_nid2sn).
var curveNames = []struct {
	id    tls.CurveID
	names []string
}{
	{tls.X25519, []string{"X25519", "x25519"}},
	{tls.CurveP256, []string{"prime256v1", "P-256", "secp256r1"}},
	{tls.CurveP384, []string{"secp384r1", "P-384"}},
	{tls.CurveP521, []string{"secp521r1", "P-521"}},
	{tls.X25519MLKEM768, []string{"X25519MLKEM768"}},
	{tls.SecP256r1MLKEM768, []string{"SecP256r1MLKEM768"}},
	{tls.SecP384r1MLKEM1024, []string{"SecP384r1MLKEM1024"}},
}

// foreignCurves are groups that clients offer and OpenSSL has a name for.
var foreignCurves = map[uint16]string{
	0x1e: "X448", 0x16: "secp256k1", 0x1a: "brainpoolP256r1", 0x1b: "brainpoolP384r1", 0x1c: "brainpoolP512r1",
	0x100: "ffdhe2048", 0x101: "ffdhe3072", 0x102: "ffdhe4096", 0x103: "ffdhe6144", 0x104: "ffdhe8192",
}

// knownElsewhere are groups OpenSSL has and crypto/tls lacks: they are passed
// over with a notice as long as another one is left.
var knownElsewhere = []string{
	"X448", "secp256k1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1",
	"brainpoolP256r1tls13", "brainpoolP384r1tls13", "brainpoolP512r1tls13", "secp224r1", "P-224", "prime192v1",
	"ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192",
}

// parseCurves reads ssl_ecdh_curve; nil means crypto/tls's own list ("auto").
func parseCurves(list string, notice Notice) ([]tls.CurveID, error) {
	if list == "" || list == "auto" {
		return nil, nil
	}
	const call = `SSL_CTX_set1_curves_list("%s") failed`
	var out []tls.CurveID
	var lacking string
next:
	for _, w := range strings.Split(list, ":") {
		name := strings.TrimPrefix(w, "?") // OpenSSL 3.3: ignore if unknown
		for _, c := range curveNames {
			for _, n := range c.names {
				if strings.EqualFold(n, name) {
					out = append(out, c.id)
					continue next
				}
			}
		}
		for _, n := range knownElsewhere {
			if strings.EqualFold(n, name) {
				lacking = name
				notice(fmt.Sprintf("curve %q is not supported, ignored", name))
				continue next
			}
		}
		if name == w {
			return nil, sslError(call, "0A080106:SSL routines::passed invalid argument:group '"+name+"' cannot be set", list)
		}
	}
	if len(out) == 0 {
		return nil, sslError(call, "0A080106:SSL routines::passed invalid argument:group '"+lacking+"' cannot be set", list)
	}
	return out, nil
}

// CurveName is the text of $ssl_curve and one part of $ssl_curves.
func CurveName(id tls.CurveID) string {
	if id == 0 {
		return ""
	}
	for _, c := range curveNames {
		if c.id == id {
			return c.names[0]
		}
	}
	if name := foreignCurves[uint16(id)]; name != "" {
		return name
	}
	return fmt.Sprintf("0x%04x", uint16(id))
}
