package certs

// VerifyResult is OpenSSL's X509_V_ERR_ number; 0 is X509_V_OK.
type VerifyResult int

const (
	VerifyOK            VerifyResult = 0
	vNoIssuer           VerifyResult = 2
	vNoCRL              VerifyResult = 3
	vBadSignature       VerifyResult = 7
	vCRLBadSignature    VerifyResult = 8
	vNotYetValid        VerifyResult = 9
	vExpired            VerifyResult = 10
	vCRLNotYetValid     VerifyResult = 11
	vCRLExpired         VerifyResult = 12
	vSelfSignedLeaf     VerifyResult = 18
	vSelfSignedInChain  VerifyResult = 19
	vNoLocalIssuer      VerifyResult = 20
	vUnverifiedLeaf     VerifyResult = 21
	vChainTooLong       VerifyResult = 22
	vRevoked            VerifyResult = 23
	vInvalidCA          VerifyResult = 24
	vPathLength         VerifyResult = 25
	vPurpose            VerifyResult = 26
	vNoCRLIssuer        VerifyResult = 33
	vUnhandledExtension VerifyResult = 34
	vNameConstraint     VerifyResult = 47
	vWeakKey            VerifyResult = 66
	vWeakSignature      VerifyResult = 68
)

var verifyTexts = map[VerifyResult]string{
	VerifyOK:            "ok",
	vNoIssuer:           "unable to get issuer certificate",
	vNoCRL:              "unable to get certificate CRL",
	vBadSignature:       "certificate signature failure",
	vCRLBadSignature:    "CRL signature failure",
	vNotYetValid:        "certificate is not yet valid",
	vExpired:            "certificate has expired",
	vCRLNotYetValid:     "CRL is not yet valid",
	vCRLExpired:         "CRL has expired",
	vSelfSignedLeaf:     "self-signed certificate",
	vSelfSignedInChain:  "self-signed certificate in certificate chain",
	vNoLocalIssuer:      "unable to get local issuer certificate",
	vUnverifiedLeaf:     "unable to verify the first certificate",
	vChainTooLong:       "certificate chain too long",
	vRevoked:            "certificate revoked",
	vInvalidCA:          "invalid CA certificate",
	vPathLength:         "path length constraint exceeded",
	vPurpose:            "unsuitable certificate purpose",
	vNoCRLIssuer:        "unable to get CRL issuer certificate",
	vUnhandledExtension: "unhandled critical extension",
	vNameConstraint:     "permitted subtree violation",
	vWeakKey:            "EE certificate key too weak",
	vWeakSignature:      "CA signature digest algorithm too weak",
}

// String is X509_verify_cert_error_string.
func (v VerifyResult) String() string {
	if t, ok := verifyTexts[v]; ok {
		return t
	}
	return "unknown certificate verification error"
}

// Optional says whether ssl_verify_client optional_no_ca lets v pass: the
// faults of a chain that is merely unknown (ngx_ssl_verify_error_optional).
func (v VerifyResult) Optional() bool {
	switch v {
	case vSelfSignedLeaf, vSelfSignedInChain, vNoLocalIssuer, vUnverifiedLeaf:
		return true
	}
	return false
}
