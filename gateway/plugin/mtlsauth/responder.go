package mtlsauth

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"

	"moongate/edge/wire/http1"
	"moongate/gateway/client"
)

// saidKey is a certificate and who has issued it, as they are encoded.
type saidKey struct{ cert, issuer string }

const (
	mostSaid     = 4096
	mostResponse = 64 << 10
	day          = 24 * time.Hour
	// drift is by how much a responder's clock may be ahead.
	drift = 5 * time.Minute
)

// asked is what responders say of a certificate (RFC 6960).
func (i *revocation) asked(c, issuer *x509.Certificate) (status, error) {
	if len(httpOnly(c.OCSPServer)) == 0 {
		return unknown, errors.New("the certificate names no responder")
	}
	return i.said.get(saidKey{string(c.Raw), string(issuer.Raw)})
}

// askResponder asks the first one that answers.
func (i *revocation) askResponder(k saidKey) (s status, end time.Time, err error) {
	c, err := x509.ParseCertificate([]byte(k.cert))
	if err != nil {
		return unknown, end, err
	}
	issuer, err := x509.ParseCertificate([]byte(k.issuer))
	if err != nil {
		return unknown, end, err
	}
	question, err := ocsp.CreateRequest(c, issuer, nil)
	if err != nil {
		return unknown, end, err
	}
	for n, uri := range httpOnly(c.OCSPServer) {
		if n >= mostPoints {
			break
		}
		var body []byte
		body, err = i.fetch(&client.Request{Method: "POST", URL: uri, Body: question, Header: []http1.Header{{Name: "Content-Type", Value: "application/ocsp-request"}, {Name: "Accept", Value: "application/ocsp-response"}}})
		if err != nil {
			continue
		}
		if s, end, err = readResponse(body, c, issuer, i.now()); err == nil {
			return s, end, nil
		}
		err = fmt.Errorf("%s: %w", uri, err)
	}
	return unknown, end, err
}

// readResponse reads an answer, which the issuer must have signed, or who has a certificate
// of his for that, and which must be of now.
func readResponse(der []byte, c, issuer *x509.Certificate, now time.Time) (s status, end time.Time, err error) {
	if len(der) > mostResponse {
		return unknown, end, client.ErrBody
	}
	r, err := ocsp.ParseResponseForCert(der, c, issuer)
	if err != nil {
		return unknown, end, err
	}
	// The library takes any certificate of the issuer's: a client's would do.
	if by := r.Certificate; by != nil && !by.Equal(issuer) && (!slices.Contains(by.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) || now.Before(by.NotBefore) || now.After(by.NotAfter)) {
		return unknown, end, errors.New("who has signed the answer may not")
	}
	end = r.NextUpdate
	if end.IsZero() { // it does not say: an old one could be shown for ever
		end = r.ThisUpdate.Add(day)
	}
	switch {
	case now.Add(drift).Before(r.ThisUpdate):
		return unknown, end, errors.New("the answer is of the future")
	case !now.Before(end):
		return unknown, end, errors.New("the answer is too old")
	}
	switch r.Status {
	case ocsp.Good:
		return good, end, nil
	case ocsp.Revoked:
		return revoked, end, nil
	}
	return unknown, end, errors.New("the responder does not know the certificate")
}
