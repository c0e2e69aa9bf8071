package certs

import (
	"bytes"
	"crypto/x509"
)

// revocation checks every certificate of the chain, the top one too
// (X509_V_FLAG_CRL_CHECK_ALL): nginx sets both flags as soon as ssl_crl is
// there, so a missing list of any issuer is an error.
func (v *verifier) revocation(chain []*x509.Certificate) (res VerifyResult) {
	for i, c := range chain {
		var issuer *x509.Certificate
		switch {
		case i+1 < len(chain):
			issuer = chain[i+1]
		case selfSigned(c):
			issuer = c
		}
		if e := v.revoked(c, issuer); e != VerifyOK {
			res = e
		}
	}
	return res
}

func (v *verifier) revoked(c, issuer *x509.Certificate) (res VerifyResult) {
	list := v.newestList(c)
	if list == nil {
		return vNoCRL
	}
	now := v.now()
	switch {
	case issuer == nil:
		res = vNoCRLIssuer
	case list.CheckSignatureFrom(issuer) != nil:
		res = vCRLBadSignature
	}
	if now.Before(list.ThisUpdate) {
		res = vCRLNotYetValid
	}
	if !list.NextUpdate.IsZero() && now.After(list.NextUpdate) {
		res = vCRLExpired
	}
	for _, e := range list.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(c.SerialNumber) == 0 && e.ReasonCode != 8 { // 8: removeFromCRL
			return vRevoked
		}
	}
	return res
}

// newestList is the list of c's issuer, one in force before one that is not.
func (v *verifier) newestList(c *x509.Certificate) (best *x509.RevocationList) {
	for _, l := range v.crls {
		if !bytes.Equal(l.RawIssuer, c.RawIssuer) {
			continue
		}
		if best == nil || l.ThisUpdate.After(best.ThisUpdate) {
			best = l
		}
	}
	return best
}
