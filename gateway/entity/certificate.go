package entity

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"

	"moongate/gateway/schema"
)

// Certificate is shown by the gateway; the second pair is for another kind of key.
type Certificate struct {
	Base
	Cert    string `json:"cert"`
	Key     string `json:"key"`
	CertAlt string `json:"cert_alt"`
	KeyAlt  string `json:"key_alt"`
}

// SNI says for which name a certificate is.
type SNI struct {
	Base
	Name        string `json:"name"`
	Certificate *Ref   `json:"certificate"`
}

// CACertificate is one that services are checked with.
type CACertificate struct {
	Base
	Cert       string `json:"cert"`
	CertDigest string `json:"cert_digest"` // SHA-256 in hex
}

func certificates() []*Kind {
	certificate := &Kind{
		Name: "certificates", Path: "certificates", New: func() any { return new(Certificate) },
		Schema: &schema.Schema{Name: "certificates", Doc: "A certificate with its key.", Shape: schema.Shape{
			Fields: entityFields(
				required(str("cert", "The certificate and its chain (PEM).", checkCertificate)),
				required(secret(str("key", "Its private key (PEM).", checkPrivateKey))),
				str("cert_alt", "The same name with another kind of key.", checkCertificate),
				secret(str("key_alt", "The key of cert_alt.", checkPrivateKey)),
			),
			Checks: []schema.Check{
				{Kind: schema.MutuallyRequired, Fields: []string{"cert_alt", "key_alt"}},
				{Kind: schema.Custom, Func: pairsMatch},
			},
		}},
	}
	sni := &Kind{
		Name: "snis", Path: "snis", Key: "name", New: func() any { return new(SNI) },
		Schema: &schema.Schema{Name: "snis", Doc: "The name that a certificate is for.", Shape: schema.Shape{
			Fields: entityFields(
				required(unique(str("name", "A host name; * may be its first or last label.", checkWildcardSNI))),
				required(foreign("certificate", "certificates", schema.Cascade, "The certificate.")),
			),
		}},
	}
	digest := unique(str("cert_digest", "SHA-256 of the certificate, in hex.", nil))
	digest.Auto = true
	ca := &Kind{
		Name: "ca_certificates", Path: "ca_certificates", New: func() any { return new(CACertificate) }, tidy: tidyDigest,
		Schema: &schema.Schema{Name: "ca_certificates", Doc: "A certificate that services are checked with.", Shape: schema.Shape{
			Fields: entityFields(required(str("cert", "The certificate (PEM).", checkCA)), digest),
		}},
	}
	return []*Kind{certificate, sni, ca}
}

func parseCertificates(s string) ([]*x509.Certificate, string) {
	var out []*x509.Certificate
	for rest := []byte(s); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, "invalid certificate: " + err.Error()
		}
		out = append(out, c)
	}
	if out == nil {
		return nil, "invalid certificate: there is no PEM block CERTIFICATE"
	}
	return out, ""
}

func checkCertificate(s string) string {
	_, text := parseCertificates(s)
	return text
}

func checkCA(s string) string {
	list, text := parseCertificates(s)
	switch {
	case text != "":
		return text
	case len(list) > 1:
		return "please submit only one certificate at a time"
	case !list[0].IsCA:
		return "certificate does not appear to be a CA because it is missing the \"CA\" basic constraint"
	}
	return ""
}

func checkPrivateKey(s string) string {
	for rest := []byte(s); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return "invalid key: there is no PEM block of a private key"
		}
		if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			return ""
		}
		if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
			return ""
		}
		if _, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
			return ""
		}
	}
}

func checkPublicKey(s string) string {
	block, _ := pem.Decode([]byte(s))
	if block == nil {
		return "invalid key: there is no PEM block of a public key"
	}
	if _, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
		return ""
	}
	if _, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		return ""
	}
	if _, err := x509.ParseCertificate(block.Bytes); err == nil {
		return ""
	}
	return "invalid key: not a public key"
}

func pairsMatch(doc map[string]any) schema.Faults {
	for _, suffix := range []string{"", "_alt"} {
		cert, _ := doc["cert"+suffix].(string)
		key, _ := doc["key"+suffix].(string)
		if cert == "" {
			continue
		}
		if _, err := tls.X509KeyPair([]byte(cert), []byte(key)); err != nil {
			return fault("certificate does not match key", err.Error(), "key"+suffix)
		}
	}
	return nil
}

func tidyDigest(doc map[string]any) {
	s, _ := doc["cert"].(string)
	if list, _ := parseCertificates(s); list != nil {
		sum := sha256.Sum256(list[0].Raw)
		doc["cert_digest"] = hex.EncodeToString(sum[:])
	}
}
