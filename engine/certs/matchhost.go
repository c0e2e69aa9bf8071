package certs

import (
	"crypto/x509"
	"strings"
)

// MatchHost is X509_check_host: dNSName entries, and the common name only
// when there are none. A * stands for the leftmost label or a part of it.
// Unlike crypto/x509 it never takes the name for an address, as nginx doesn't.
func MatchHost(c *x509.Certificate, name string) bool {
	if name == "" {
		return false
	}
	names := c.DNSNames
	if len(names) == 0 {
		for _, a := range c.Subject.Names {
			if s, ok := a.Value.(string); ok && a.Type.String() == "2.5.4.3" {
				names = append(names, s)
			}
		}
	}
	for _, p := range names {
		if matchPattern(p, name) {
			return true
		}
	}
	return false
}

func matchPattern(pattern, name string) bool {
	if strings.EqualFold(pattern, name) {
		return true
	}
	first, rest, ok := strings.Cut(pattern, ".")
	before, after, star := strings.Cut(first, "*")
	if !ok || !star || strings.Contains(after, "*") || strings.Contains(rest, "*") || !strings.Contains(rest, ".") {
		return false
	}
	label, tail, ok := strings.Cut(name, ".")
	if !ok || !strings.EqualFold(rest, tail) || len(label) < len(before)+len(after) || label == "" {
		return false
	}
	// A part of an IDNA label cannot be matched (RFC 6125 section 6.4.3).
	if first != "*" && strings.HasPrefix(strings.ToLower(label), "xn--") {
		return false
	}
	return strings.EqualFold(label[:len(before)], before) && strings.EqualFold(label[len(label)-len(after):], after)
}
