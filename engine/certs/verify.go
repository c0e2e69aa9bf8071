package certs

import (
	"bytes"
	"crypto/x509"
	"time"
)

// verifier checks a peer's chain against trusted certificates and CRLs.
type verifier struct {
	trusted []*x509.Certificate
	crls    []*x509.RevocationList
	depth   int
	usage   x509.ExtKeyUsage // what a leaf with extended key usages must allow
	now     func() time.Time
}

// verify walks in the order of OpenSSL's verify_chain: build the chain, look
// at extensions, revocation, then signatures and dates from the top down. A
// fault does not end it (nginx's callback goes on), so the last one counts:
// a lone leaf of an unknown issuer is 20 first and reported as 21.
func (v *verifier) verify(peer []*x509.Certificate) (res VerifyResult) {
	if len(peer) == 0 {
		return VerifyOK
	}
	chain, res := v.build(peer)
	if e := v.extensions(chain); e != VerifyOK {
		res = e
	}
	if len(v.crls) > 0 {
		if e := v.revocation(chain); e != VerifyOK {
			res = e
		}
	}
	if e := v.signatures(chain); e != VerifyOK {
		res = e
	}
	if e := v.nameConstraints(chain); e != VerifyOK {
		res = e
	}
	return res
}

// build makes leaf..anchor, trusted issuers before the peer's own
// (X509_V_FLAG_TRUSTED_FIRST). depth counts neither leaf nor anchor.
func (v *verifier) build(peer []*x509.Certificate) ([]*x509.Certificate, VerifyResult) {
	chain := []*x509.Certificate{peer[0]}
	if selfSigned(peer[0]) && v.trusts(peer[0]) {
		return chain, VerifyOK
	}
	fromTrust := 0
	for {
		last := chain[len(chain)-1]
		if selfSigned(last) || len(chain) > v.depth+1 {
			break
		}
		if c := v.issuer(v.trusted, last, chain); c != nil {
			chain = append(chain, c)
			if fromTrust++; selfSigned(c) {
				return chain, VerifyOK
			}
			continue
		}
		if fromTrust > 0 {
			break
		}
		c := v.issuer(peer[1:], last, chain)
		if c == nil {
			break
		}
		chain = append(chain, c)
		if selfSigned(c) && v.trusts(c) {
			return chain, VerifyOK
		}
	}
	last := chain[len(chain)-1]
	switch {
	case selfSigned(last) && len(chain) == 1:
		return chain, vSelfSignedLeaf
	case selfSigned(last):
		return chain, vSelfSignedInChain
	case fromTrust > 0:
		return chain, vNoIssuer
	}
	return chain, vNoLocalIssuer
}

// issuer finds who may have signed c, one valid now before one that is not.
func (v *verifier) issuer(among []*x509.Certificate, c *x509.Certificate, chain []*x509.Certificate) *x509.Certificate {
	var stale *x509.Certificate
	now := v.now()
next:
	for _, i := range among {
		if !bytes.Equal(i.RawSubject, c.RawIssuer) {
			continue
		}
		if len(c.AuthorityKeyId) > 0 && len(i.SubjectKeyId) > 0 && !bytes.Equal(c.AuthorityKeyId, i.SubjectKeyId) {
			continue
		}
		for _, seen := range chain {
			if seen.Equal(i) {
				continue next
			}
		}
		if !now.Before(i.NotBefore) && !now.After(i.NotAfter) {
			return i
		}
		stale = i
	}
	return stale
}

func (v *verifier) trusts(c *x509.Certificate) bool {
	for _, t := range v.trusted {
		if t.Equal(c) {
			return true
		}
	}
	return false
}

func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawSubject, c.RawIssuer) &&
		(len(c.AuthorityKeyId) == 0 || len(c.SubjectKeyId) == 0 || bytes.Equal(c.AuthorityKeyId, c.SubjectKeyId))
}

// extensions is check_extensions: purposes, CA flags, path lengths.
func (v *verifier) extensions(chain []*x509.Certificate) (res VerifyResult) {
	plen := 0
	for i, c := range chain {
		if len(c.UnhandledCriticalExtensions) > 0 {
			res = vUnhandledExtension
		}
		if i > 0 {
			if ca := caLevel(c); ca == 0 || (i+1 < len(chain) && ca != 1) {
				res = vInvalidCA
			}
		}
		if !allows(c, v.usage) {
			res = vPurpose
		}
		if i > 1 && c.BasicConstraintsValid && c.MaxPathLen >= 0 && (c.MaxPathLen > 0 || c.MaxPathLenZero) && plen > c.MaxPathLen {
			res = vPathLength
		}
		if i > 0 && !selfSigned(c) {
			plen++
		}
	}
	return res
}

// caLevel is check_ca of OpenSSL: 1 a CA by basicConstraints, 3 or 4 for old
// certificates that may stand at the top only, 0 not a CA.
func caLevel(c *x509.Certificate) int {
	switch {
	case c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0:
		return 0
	case c.BasicConstraintsValid && c.IsCA:
		return 1
	case c.BasicConstraintsValid:
		return 0
	case c.Version == 1 && selfSigned(c):
		return 3
	case c.KeyUsage != 0:
		return 4
	}
	return 0
}

func allows(c *x509.Certificate, usage x509.ExtKeyUsage) bool {
	if len(c.ExtKeyUsage) == 0 && len(c.UnknownExtKeyUsage) == 0 {
		return true
	}
	for _, u := range c.ExtKeyUsage {
		if u == usage || u == x509.ExtKeyUsageAny {
			return true
		}
		if c.IsCA && usage == x509.ExtKeyUsageServerAuth && u == x509.ExtKeyUsageMicrosoftServerGatedCrypto {
			return true
		}
	}
	return false
}

// signatures is internal_verify: from the top down, signature then dates. A
// top that is not self-signed is not checked itself; when it is also the
// leaf, nothing could be checked at all: 21.
func (v *verifier) signatures(chain []*x509.Certificate) (res VerifyResult) {
	now := v.now()
	for i := len(chain) - 1; i >= 0; i-- {
		c := chain[i]
		switch {
		case i < len(chain)-1:
			if chain[i+1].CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) != nil {
				res = vBadSignature
			}
		case !selfSigned(c) && i == 0:
			res = vUnverifiedLeaf
		}
		if now.Before(c.NotBefore) {
			res = vNotYetValid
		}
		if now.After(c.NotAfter) {
			res = vExpired
		}
	}
	return res
}

// nameConstraints hands the built chain to crypto/x509 for this one check:
// OpenSSL runs it last, and only chains that hold constraints pay for it.
func (v *verifier) nameConstraints(chain []*x509.Certificate) VerifyResult {
	found := false
	roots, inter := x509.NewCertPool(), x509.NewCertPool()
	for i, c := range chain[1:] {
		if len(c.PermittedDNSDomains)+len(c.ExcludedDNSDomains)+len(c.PermittedIPRanges)+len(c.ExcludedIPRanges)+
			len(c.PermittedEmailAddresses)+len(c.ExcludedEmailAddresses)+len(c.PermittedURIDomains)+len(c.ExcludedURIDomains) > 0 {
			found = true
		}
		if i == len(chain)-2 {
			roots.AddCert(c)
		} else {
			inter.AddCert(c)
		}
	}
	if !found {
		return VerifyOK
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: inter, CurrentTime: v.now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if e, ok := err.(x509.CertificateInvalidError); ok && e.Reason == x509.CANotAuthorizedForThisName {
		return vNameConstraint
	}
	return VerifyOK
}
