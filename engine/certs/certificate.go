package certs

import (
	"crypto/sha1"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"strconv"
	"strings"
	"time"
)

// The texts of a certificate's $ssl_client_* variables; nil gives "".

// RawPEM is $ssl_client_raw_cert.
func RawPEM(c *x509.Certificate) string {
	if c == nil {
		return ""
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// HeaderPEM is $ssl_client_cert: each line but the first begins with a tab,
// so that it fits proxy_set_header as folded lines did.
func HeaderPEM(c *x509.Certificate) string {
	return strings.ReplaceAll(strings.TrimSuffix(RawPEM(c), "\n"), "\n", "\n\t")
}

// EscapedPEM is $ssl_client_escaped_cert (NGX_ESCAPE_URI_COMPONENT).
func EscapedPEM(c *x509.Certificate) string {
	const digits = "0123456789ABCDEF"
	raw := RawPEM(c)
	var b strings.Builder
	b.Grow(len(raw) + len(raw)/4)
	for i := range len(raw) {
		ch := raw[i]
		switch {
		case ch >= 'a' && ch <= 'z', ch >= 'A' && ch <= 'Z', ch >= '0' && ch <= '9', strings.IndexByte("-._~", ch) >= 0:
			b.WriteByte(ch)
		default:
			b.Write([]byte{'%', digits[ch>>4], digits[ch&15]})
		}
	}
	return b.String()
}

// Serial is $ssl_client_serial, as i2a_ASN1_INTEGER prints it.
func Serial(c *x509.Certificate) string {
	if c == nil {
		return ""
	}
	b := c.SerialNumber.Bytes()
	if len(b) == 0 {
		b = []byte{0}
	}
	s := strings.ToUpper(hex.EncodeToString(b))
	if c.SerialNumber.Sign() < 0 {
		s = "-" + s
	}
	return s
}

// Fingerprint is $ssl_client_fingerprint: SHA-1, as nginx defines it.
func Fingerprint(c *x509.Certificate) string {
	if c == nil {
		return ""
	}
	sum := sha1.Sum(c.Raw)
	return hex.EncodeToString(sum[:])
}

// Date words a time as ASN1_TIME_print, for $ssl_client_v_start and _v_end.
func Date(t time.Time) string { return t.UTC().Format("Jan _2 15:04:05 2006 GMT") }

// DaysLeft is $ssl_client_v_remain.
func DaysLeft(c *x509.Certificate, now time.Time) string {
	if c == nil {
		return ""
	}
	left := c.NotAfter.Unix() - now.Unix()
	if left < 86400 {
		return "0"
	}
	return strconv.FormatInt(left/86400, 10)
}
