package certs

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

// HandshakeError is a failed handshake in nginx's words. PeerFault says that
// it is of the kind nginx logs at info for a client and at error for an
// upstream; the rest is crit (ngx_ssl_connection_error).
type HandshakeError struct {
	Text      string // "SSL_do_handshake() failed (SSL: error:...)", without "while ..."
	Errno     int    // printed as " (104: Connection reset by peer)" when not 0
	ErrnoText string
	PeerFault bool
	TimedOut  bool
	Cause     error
}

func (e *HandshakeError) Error() string {
	if e.Errno == 0 {
		return e.Text
	}
	return fmt.Sprintf("%s (%d: %s)", e.Text, e.Errno, e.ErrnoText)
}

func (e *HandshakeError) Unwrap() error { return e.Cause }

// WordRead gives nginx's words for an error of a read or write after the
// handshake: call is "SSL_read" or "SSL_write".
func WordRead(call string, err error) *HandshakeError {
	e := wordHandshake(err)
	e.Text = strings.Replace(e.Text, "SSL_do_handshake() failed", call+"() failed", 1)
	return e
}

func wordHandshake(err error) *HandshakeError {
	var done *HandshakeError
	if errors.As(err, &done) {
		return done
	}
	e := &HandshakeError{Cause: err, PeerFault: true}
	var timeout net.Error
	var record tls.RecordHeaderError
	var alert tls.AlertError
	number, numberText := systemNumber(err)
	switch {
	case errors.Is(err, ErrRejected):
		e.Text = "handshake rejected"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		e.Text, e.TimedOut = "SSL handshake timed out", true
		e.Errno, e.ErrnoText = numberTimedOut, "Connection timed out"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Text = "peer closed connection in SSL handshake"
	case number != 0:
		// OpenSSL leaves its stack empty on a failing system call, and nginx
		// takes the empty stack for a peer that went away.
		e.Text = "peer closed connection in SSL handshake"
		e.Errno, e.ErrnoText = number, numberText
		e.PeerFault = number != numberInvalid
	case errors.As(err, &record):
		e.reason(recordReason(record.RecordHeader[:]))
	default:
		e.reason(causeReason(err, errors.As(err, &alert), alert))
		if errors.Is(err, ErrPeer) {
			e.PeerFault = false // nginx has this reason at crit
		}
	}
	return e
}

// reason sets the text from an OpenSSL reason (library SSL = 0x0A).
func (e *HandshakeError) reason(code int, text string) {
	e.Text = fmt.Sprintf("SSL_do_handshake() failed (SSL: error:0A%06X:SSL routines::%s)", code, text)
	if code == reasonInternal {
		e.PeerFault = false
	}
}

const reasonInternal = 0x0C0103 // ERR_R_INTERNAL_ERROR

// recordReason tells what the first bytes were if not TLS, as
// ssl3_get_record does.
func recordReason(h []byte) (int, string) {
	for _, m := range []string{"GET ", "POST", "HEAD", "PUT "} {
		if strings.HasPrefix(string(h), m) {
			return 156, "http request"
		}
	}
	if strings.HasPrefix(string(h), "CONNE") {
		return 155, "https proxy request"
	}
	return 267, "wrong version number"
}

// causes maps what crypto/tls says to OpenSSL's reason numbers. The first
// part of a message that fits wins.
var causes = []struct {
	part string
	code int
	text string
}{
	{"client offered only unsupported versions", 258, "unsupported protocol"},
	{"server selected unsupported protocol version", 258, "unsupported protocol"},
	{"no supported versions satisfy", 191, "no protocols available"},
	{"no cipher suite supported by both", 193, "no shared cipher"},
	{"no key exchanges supported by both", 101, "no suitable key share"},
	{"invalid client key share", 108, "bad key share"},
	{"invalid server key share", 108, "bad key share"},
	{"malformed key_share", 108, "bad key share"},
	{"key share", 108, "bad key share"},
	{"no supported elliptic curves", 266, "no shared group"},
	{"server selected unsupported group", 266, "no shared group"},
	{"inappropriate protocol fallback", 373, "inappropriate fallback"},
	{"requested unsupported application protocols", 235, "no application protocol"},
	{"missing signature_algorithms", 112, "missing sigalgs extension"},
	{"signature algorithms", 118, "no suitable signature algorithm"},
	{"invalid signature by the", 123, "bad signature"},
	{"client's Finished message is incorrect", 149, "digest check failed"},
	{"server's Finished message was incorrect", 149, "digest check failed"},
	{"invalid client finished hash", 149, "digest check failed"},
	{"invalid server finished hash", 149, "digest check failed"},
	{"invalid PSK binder", 253, "binder does not verify"},
	{"unexpected handshake message", 244, "unexpected message"},
	{"unexpected message", 244, "unexpected message"},
	{"bad record MAC", 281, "decryption failed or bad record mac"},
	{"record overflow", 198, "packet length too long"},
	{"oversized record", 198, "packet length too long"},
	{"exceeds maximum", 152, "excessive message size"},
	{"too many ignored records", 409, "too many warn alerts"},
	{"supports illegal compression", 256, "invalid compression list"},
	{"does not support uncompressed", 187, "no compression specified"},
	{"incompatible point formats", 306, "bad ecpoint"},
	{"renegotiation extension", 337, "renegotiation mismatch"},
	{"unexpected early data", 270, "too much skipped early data"},
	{"legacy version field", 292, "bad legacy version"},
	{"failed to parse certificate", 134, "certificate verify failed"},
	{"error decoding message", 137, "decode error"},
	{"decode error", 137, "decode error"},
	{"error decrypting message", 149, "digest check failed"},
	{"invalid ClientKeyExchange", 159, "length mismatch"},
	{"illegal parameter", 110, "bad extension"},
}

func causeReason(err error, isAlert bool, a tls.AlertError) (int, string) {
	switch {
	case errors.Is(err, ErrCallback):
		return 234, "callback failed"
	case errors.Is(err, ErrCertificate):
		return 377, "cert cb error"
	case errors.Is(err, ErrPeer):
		return 134, "certificate verify failed"
	case errors.Is(err, errNoCertificate):
		return 193, "no shared cipher"
	}
	msg := err.Error()
	var remote *net.OpError
	if errors.As(err, &remote) && remote.Op == "remote error" {
		return alertReason(remote.Err)
	}
	for _, c := range causes {
		if strings.Contains(msg, c.part) {
			return c.code, c.text
		}
	}
	if strings.Contains(msg, "internal error") || !isAlert && !strings.HasPrefix(msg, "tls:") {
		return reasonInternal, "internal error:" + msg
	}
	return 137, "decode error:" + msg
}

// alerts are OpenSSL's names of alerts received; reason = 1000 + number.
var alerts = map[int]string{
	10: "sslv3 alert unexpected message", 20: "sslv3 alert bad record mac", 21: "tlsv1 alert decryption failed",
	22: "tlsv1 alert record overflow", 30: "sslv3 alert decompression failure", 40: "sslv3 alert handshake failure",
	41: "sslv3 alert no certificate", 42: "sslv3 alert bad certificate", 43: "sslv3 alert unsupported certificate",
	44: "sslv3 alert certificate revoked", 45: "sslv3 alert certificate expired", 46: "sslv3 alert certificate unknown",
	47: "sslv3 alert illegal parameter", 48: "tlsv1 alert unknown ca", 49: "tlsv1 alert access denied",
	50: "tlsv1 alert decode error", 51: "tlsv1 alert decrypt error", 60: "tlsv1 alert export restriction",
	70: "tlsv1 alert protocol version", 71: "tlsv1 alert insufficient security", 80: "tlsv1 alert internal error",
	86: "tlsv1 alert inappropriate fallback", 90: "tlsv1 alert user cancelled", 100: "tlsv1 alert no renegotiation",
	109: "tlsv13 alert missing extension", 110: "tlsv1 unsupported extension", 111: "tlsv1 certificate unobtainable",
	112: "tlsv1 unrecognized name", 113: "tlsv1 bad certificate status response", 114: "tlsv1 bad certificate hash value",
	115: "tlsv1 alert unknown psk identity", 116: "tlsv13 alert certificate required", 120: "tlsv1 alert no application protocol",
}

// alertReason finds the number of an alert from crypto/tls, which shows only
// its words.
func alertReason(err error) (int, string) {
	n := 40
	for i := range 256 {
		if tls.AlertError(i).Error() == err.Error() {
			n = i
			break
		}
	}
	text, ok := alerts[n]
	if !ok {
		text = fmt.Sprintf("reason(%d)", 1000+n)
	}
	return 1000 + n, fmt.Sprintf("%s:SSL alert number %d", text, n)
}
