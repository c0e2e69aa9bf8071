package certs

import (
	"crypto/tls"
	"slices"
)

// Protocols is the bit set of ssl_protocols.
type Protocols uint16

const (
	SSLv2 Protocols = 1 << iota
	SSLv3
	TLSv1
	TLSv1_1
	TLSv1_2
	TLSv1_3

	// DefaultProtocols is nginx's since 1.27.3.
	DefaultProtocols = TLSv1_2 | TLSv1_3
)

// ProtocolNames are the arguments of ssl_protocols, for the directive's table.
var ProtocolNames = map[string]Protocols{
	"SSLv2": SSLv2, "SSLv3": SSLv3, "TLSv1": TLSv1,
	"TLSv1.1": TLSv1_1, "TLSv1.2": TLSv1_2, "TLSv1.3": TLSv1_3,
}

// protocolOrder goes from the newest down; SSLv2 and SSLv3 have no entry
// since crypto/tls cannot speak them.
var protocolOrder = []struct {
	bit     Protocols
	version uint16
}{
	{TLSv1_3, tls.VersionTLS13}, {TLSv1_2, tls.VersionTLS12},
	{TLSv1_1, tls.VersionTLS11}, {TLSv1, tls.VersionTLS10},
}

// allVersions are what crypto/tls speaks, newest first.
var allVersions = (TLSv1 | TLSv1_1 | TLSv1_2 | TLSv1_3).versions()

// versions lists what p allows, newest first.
func (p Protocols) versions() []uint16 {
	var out []uint16
	for _, o := range protocolOrder {
		if p&o.bit != 0 {
			out = append(out, o.version)
		}
	}
	return out
}

// newestRun is the highest run without a gap: all that a crypto/tls client,
// which knows only a lowest and a highest, can offer.
func (p Protocols) newestRun() (lo, hi uint16, gap bool) {
	vs := p.versions()
	if len(vs) == 0 {
		return 0, 0, false
	}
	lo, hi = vs[0], vs[0]
	for _, v := range vs[1:] {
		if v != lo-1 {
			return lo, hi, true
		}
		lo = v
	}
	return lo, hi, false
}

// mutual picks the newest version both sides have. A server's list may have
// gaps, which crypto/tls has no words for, so it is told exactly one version.
func mutual(server, client []uint16) (uint16, bool) {
	for _, v := range server {
		if slices.Contains(client, v) {
			return v, true
		}
	}
	return 0, false
}

// VersionName is the text of $ssl_protocol, as SSL_get_version has it.
func VersionName(v uint16) string {
	switch v {
	case tls.VersionTLS13:
		return "TLSv1.3"
	case tls.VersionTLS12:
		return "TLSv1.2"
	case tls.VersionTLS11:
		return "TLSv1.1"
	case tls.VersionTLS10:
		return "TLSv1"
	}
	return "unknown"
}
