package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
)

// reader reads files; a nil one is os.ReadFile.
type reader func(name string) ([]byte, error)

func (r reader) file(name string) ([]byte, error) {
	if r == nil {
		return os.ReadFile(name)
	}
	return r(name)
}

// value gives the bytes of a path or of a data: value.
func (r reader) value(value string) ([]byte, error) {
	if text, ok := strings.CutPrefix(value, "data:"); ok {
		return []byte(text), nil
	}
	return r.file(value)
}

// readFailed tells a file that cannot be opened from one that opens but has
// no bytes to read (a directory): OpenSSL calls the second "no start line".
func readFailed(err error) bool {
	var pe *os.PathError
	return errors.As(err, &pe) && pe.Op == "open"
}

// LoadChain reads a certificate and the rest of its chain, with nginx's error
// text. It is what variables in ssl_certificate call per handshake.
func LoadChain(value string) ([]*x509.Certificate, error) { return reader(nil).chain(value) }

func (r reader) chain(value string) ([]*x509.Certificate, error) {
	return r.certificates(value, "cannot load certificate \"%s\": BIO_new_file() failed",
		"cannot load certificate \"%s\": PEM_read_bio_X509_AUX() failed")
}

func (r reader) certificates(value, openCall, readCall string) ([]*x509.Certificate, error) {
	text, err := r.value(value)
	if err != nil && readFailed(err) {
		return nil, sslError(openCall, fopenReason(value, "r", err), value)
	}
	var chain []*x509.Certificate
	for {
		var b *pem.Block
		if b, text = pem.Decode(text); b == nil {
			break
		}
		switch b.Type {
		case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
		default:
			continue
		}
		c, err := x509.ParseCertificate(certificateOnly(b))
		if err != nil {
			return nil, sslError(readCall, reasonBadASN1, value)
		}
		chain = append(chain, c)
	}
	if len(chain) == 0 {
		return nil, sslError(readCall, reasonNoStart+"TRUSTED CERTIFICATE", value)
	}
	return chain, nil
}

// certificateOnly drops the trust settings that follow the certificate in an
// OpenSSL TRUSTED CERTIFICATE block.
func certificateOnly(b *pem.Block) []byte {
	if b.Type != "TRUSTED CERTIFICATE" {
		return b.Bytes
	}
	return firstElement(b.Bytes)
}

// firstElement is the first DER element of der, or all of it when that is
// not well formed (its parser will say so).
func firstElement(der []byte) []byte {
	if len(der) < 4 || der[0] != 0x30 || der[1] < 0x80 {
		return der
	}
	n, size := int(der[1]&0x7f), 0
	if n == 0 || n > 3 || len(der) < 2+n {
		return der
	}
	for _, c := range der[2 : 2+n] {
		size = size<<8 | int(c)
	}
	if 2+n+size > len(der) {
		return der
	}
	return der[:2+n+size]
}

// authorities reads a file of trusted certificates.
func (r reader) authorities(path string) ([]*x509.Certificate, error) {
	const call = "cannot load certificate \"%s\": BIO_new_file() failed"
	return r.certificates(path, call, "cannot load certificate \"%s\": PEM_read_bio_X509() failed")
}

// crls reads ssl_crl.
func (r reader) crls(path string) ([]*x509.RevocationList, error) {
	text, err := r.file(path)
	if err != nil && readFailed(err) {
		return nil, sslError("cannot load CRL \"%s\": BIO_new_file() failed", fopenReason(path, "r", err), path)
	}
	var out []*x509.RevocationList
	for {
		var b *pem.Block
		if b, text = pem.Decode(text); b == nil {
			break
		}
		if b.Type != "X509 CRL" {
			continue
		}
		l, err := parseCRL(b.Bytes)
		if err != nil {
			return nil, sslError("cannot load CRL \"%s\": PEM_read_bio_X509_CRL() failed", reasonBadASN1, path)
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		return nil, sslError("cannot load CRL \"%s\": PEM_read_bio_X509_CRL() failed", reasonNoStart+"X509 CRL", path)
	}
	return out, nil
}

// staple reads ssl_stapling_file: one OCSP response in DER.
func (r reader) staple(path string) ([]byte, error) {
	der, err := r.file(path)
	if err != nil && readFailed(err) {
		return nil, sslError("BIO_new_file(\"%s\") failed", fopenReason(path, "rb", err), path)
	}
	if len(der) < 2 || der[0] != 0x30 || !bytes.Equal(firstElement(der), der) {
		return nil, sslError("d2i_OCSP_RESPONSE_bio(\"%s\") failed", "0680008E:asn1 encoding routines::not enough data", path)
	}
	return der, nil
}

// checkDHParam reads ssl_dhparam for its errors only.
func (r reader) checkDHParam(path string) error {
	text, err := r.file(path)
	if err != nil && readFailed(err) {
		return sslError("BIO_new_file(\"%s\") failed", fopenReason(path, "r", err), path)
	}
	for {
		b, rest := pem.Decode(text)
		if b == nil {
			return sslError("PEM_read_bio_DHparams(\"%s\") failed", reasonNoStart+"DH PARAMETERS", path)
		}
		if strings.HasSuffix(b.Type, "DH PARAMETERS") {
			return nil
		}
		text = rest
	}
}

// ReadPasswords reads ssl_password_file: one password a line, tried in order.
// Lines longer than nginx's buffer of 512 are refused.
func ReadPasswords(path string) ([][]byte, error) { return PasswordsFrom(nil, path) }

// PasswordsFrom is ReadPasswords through a reader of the caller's.
func PasswordsFrom(read func(string) ([]byte, error), path string) ([][]byte, error) {
	r := reader(read)
	text, err := r.file(path)
	if err != nil {
		return nil, openFailed(path, err)
	}
	var out [][]byte
	for _, line := range bytes.Split(text, []byte("\n")) {
		if len(line) >= 512 {
			return nil, fmt.Errorf("too long line in \"%s\"", path)
		}
		if line = bytes.TrimSuffix(line, []byte("\r")); len(line) > 0 {
			out = append(out, line)
		}
	}
	if out == nil {
		out = [][]byte{{}}
	}
	return out, nil
}
