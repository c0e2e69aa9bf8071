package certs

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
)

// parseCRL reads a revocation list of either version: crypto/x509 takes only
// the second, and "openssl ca -gencrl" makes the first unless told otherwise.
func parseCRL(der []byte) (*x509.RevocationList, error) {
	l, err := x509.ParseRevocationList(der)
	if err == nil {
		return l, nil
	}
	//lint:ignore SA1019 it alone reads version 1
	old, e := x509.ParseDERCRL(der)
	if e != nil || old.TBSCertList.Version != 0 {
		return nil, err
	}
	l = &x509.RevocationList{Raw: der, RawTBSRevocationList: old.TBSCertList.Raw, Signature: old.SignatureValue.RightAlign(),
		SignatureAlgorithm: signatureAlgorithm(old.SignatureAlgorithm.Algorithm), ThisUpdate: old.TBSCertList.ThisUpdate, NextUpdate: old.TBSCertList.NextUpdate}
	if l.RawIssuer, err = crlIssuer(der); err != nil {
		return nil, err
	}
	for _, r := range old.TBSCertList.RevokedCertificates {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: r.SerialNumber, RevocationTime: r.RevocationTime})
	}
	return l, nil
}

// crlIssuer is the issuer as it is encoded.
func crlIssuer(der []byte) ([]byte, error) {
	var algorithm pkix.AlgorithmIdentifier
	var issuer asn1.RawValue
	var outer, tbs asn1.RawValue
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		return nil, err
	}
	if _, err := asn1.Unmarshal(outer.Bytes, &tbs); err != nil {
		return nil, err
	}
	rest, err := asn1.Unmarshal(tbs.Bytes, &algorithm)
	if err != nil {
		return nil, err
	}
	if _, err = asn1.Unmarshal(rest, &issuer); err != nil {
		return nil, err
	}
	return issuer.FullBytes, nil
}

var signatureOIDs = []struct {
	oid asn1.ObjectIdentifier
	alg x509.SignatureAlgorithm
}{
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}, x509.SHA1WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, x509.SHA256WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, x509.SHA384WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, x509.SHA512WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}, x509.ECDSAWithSHA1},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, x509.ECDSAWithSHA256},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, x509.ECDSAWithSHA384},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, x509.ECDSAWithSHA512},
	{asn1.ObjectIdentifier{1, 3, 101, 112}, x509.PureEd25519},
}

func signatureAlgorithm(oid asn1.ObjectIdentifier) x509.SignatureAlgorithm {
	for _, s := range signatureOIDs {
		if slices.Equal(s.oid, oid) {
			return s.alg
		}
	}
	return x509.UnknownSignatureAlgorithm
}

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
