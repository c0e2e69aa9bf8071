package certs

import (
	"crypto/tls"
	"fmt"
)

// A suite is one cipher suite in OpenSSL's words, with the properties its
// cipher strings select by (ciphers(1), SSL_CIPHER_description).
type suite struct {
	id   uint16
	name string
	kx   string // ECDH, RSA
	auth string // ECDSA, RSA
	enc  string // AESGCM, CHACHA20, AES, 3DES, RC4
	mac  string // AEAD, SHA1, SHA256, SHA384
	bits int    // strength; 3DES counts 112
	min  uint16
}

// suites are those crypto/tls can do up to TLS 1.2, in the order of OpenSSL's
// list: its string language keeps this order unless told otherwise.
var suites = []suite{
	{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDH", "ECDSA", "AESGCM", "AEAD", 256, tls.VersionTLS12},
	{tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384", "ECDH", "RSA", "AESGCM", "AEAD", 256, tls.VersionTLS12},
	{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDH", "ECDSA", "CHACHA20", "AEAD", 256, tls.VersionTLS12},
	{tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305", "ECDH", "RSA", "CHACHA20", "AEAD", 256, tls.VersionTLS12},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDH", "ECDSA", "AESGCM", "AEAD", 128, tls.VersionTLS12},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256", "ECDH", "RSA", "AESGCM", "AEAD", 128, tls.VersionTLS12},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, "ECDHE-ECDSA-AES128-SHA256", "ECDH", "ECDSA", "AES", "SHA256", 128, tls.VersionTLS12},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, "ECDHE-RSA-AES128-SHA256", "ECDH", "RSA", "AES", "SHA256", 128, tls.VersionTLS12},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, "ECDHE-ECDSA-AES256-SHA", "ECDH", "ECDSA", "AES", "SHA1", 256, tls.VersionTLS10},
	{tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "ECDHE-RSA-AES256-SHA", "ECDH", "RSA", "AES", "SHA1", 256, tls.VersionTLS10},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "ECDHE-ECDSA-AES128-SHA", "ECDH", "ECDSA", "AES", "SHA1", 128, tls.VersionTLS10},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, "ECDHE-RSA-AES128-SHA", "ECDH", "RSA", "AES", "SHA1", 128, tls.VersionTLS10},
	{tls.TLS_RSA_WITH_AES_256_GCM_SHA384, "AES256-GCM-SHA384", "RSA", "RSA", "AESGCM", "AEAD", 256, tls.VersionTLS12},
	{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, "AES128-GCM-SHA256", "RSA", "RSA", "AESGCM", "AEAD", 128, tls.VersionTLS12},
	{tls.TLS_RSA_WITH_AES_128_CBC_SHA256, "AES128-SHA256", "RSA", "RSA", "AES", "SHA256", 128, tls.VersionTLS12},
	{tls.TLS_RSA_WITH_AES_256_CBC_SHA, "AES256-SHA", "RSA", "RSA", "AES", "SHA1", 256, tls.VersionTLS10},
	{tls.TLS_RSA_WITH_AES_128_CBC_SHA, "AES128-SHA", "RSA", "RSA", "AES", "SHA1", 128, tls.VersionTLS10},
	{tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, "ECDHE-RSA-DES-CBC3-SHA", "ECDH", "RSA", "3DES", "SHA1", 112, tls.VersionTLS10},
	{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, "DES-CBC3-SHA", "RSA", "RSA", "3DES", "SHA1", 112, tls.VersionTLS10},
	{tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA, "ECDHE-ECDSA-RC4-SHA", "ECDH", "ECDSA", "RC4", "SHA1", 64, tls.VersionTLS10},
	{tls.TLS_ECDHE_RSA_WITH_RC4_128_SHA, "ECDHE-RSA-RC4-SHA", "ECDH", "RSA", "RC4", "SHA1", 64, tls.VersionTLS10},
	{tls.TLS_RSA_WITH_RC4_128_SHA, "RC4-SHA", "RSA", "RSA", "RC4", "SHA1", 64, tls.VersionTLS10},
}

var suiteByID = func() map[uint16]*suite {
	m := map[uint16]*suite{}
	for i := range suites {
		m[suites[i].id] = &suites[i]
	}
	return m
}()

// otherNames are suites that clients offer or lists name, which crypto/tls
// lacks: $ssl_ciphers prints them by name, a cipher list passes over them.
var otherNames = map[uint16]string{
	tls.TLS_AES_128_GCM_SHA256: "TLS_AES_128_GCM_SHA256", tls.TLS_AES_256_GCM_SHA384: "TLS_AES_256_GCM_SHA384",
	tls.TLS_CHACHA20_POLY1305_SHA256: "TLS_CHACHA20_POLY1305_SHA256", 0x1304: "TLS_AES_128_CCM_SHA256",
	0x009f: "DHE-RSA-AES256-GCM-SHA384", 0xccaa: "DHE-RSA-CHACHA20-POLY1305", 0x009e: "DHE-RSA-AES128-GCM-SHA256",
	0xc024: "ECDHE-ECDSA-AES256-SHA384", 0xc028: "ECDHE-RSA-AES256-SHA384", 0x006b: "DHE-RSA-AES256-SHA256",
	0x0067: "DHE-RSA-AES128-SHA256", 0x0039: "DHE-RSA-AES256-SHA", 0x0033: "DHE-RSA-AES128-SHA", 0x003d: "AES256-SHA256",
	0xc0ad: "ECDHE-ECDSA-AES256-CCM", 0xc0ac: "ECDHE-ECDSA-AES128-CCM", 0xc09f: "DHE-RSA-AES256-CCM", 0xc09e: "DHE-RSA-AES128-CCM",
	0xc09d: "AES256-CCM", 0xc09c: "AES128-CCM", 0x00ff: "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
}

// CipherName is the text of $ssl_cipher for one suite; unknown ones print as
// nginx prints them in $ssl_ciphers.
func CipherName(id uint16) string {
	if s := suiteByID[id]; s != nil {
		return s.name
	}
	if n, ok := otherNames[id]; ok {
		return n
	}
	return fmt.Sprintf("0x%04x", id)
}
