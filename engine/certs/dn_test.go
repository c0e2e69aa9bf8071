package certs

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestCertificateTexts(t *testing.T) {
	ca := root(t, "ca")
	c := issue(t, ca, ecKey(t), template("x", func(c *x509.Certificate) {
		c.SerialNumber = new(big.Int).SetBytes([]byte{0x0a, 0xbc, 0xff})
		c.Subject = pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{2, 5, 4, 6}, Value: "PT"},
			{Type: asn1.ObjectIdentifier{2, 5, 4, 10}, Value: "Lua, \"Moon\" + Sons; <#1>"},
			{Type: asn1.ObjectIdentifier{1, 2, 3, 4}, Value: "odd"},
			{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, Value: "a@b.test"},
			{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: " 月 gate "},
		}}
		c.NotAfter = time.Now().Add(50 * time.Hour)
	})).cert
	if got := Serial(c); got != "0ABCFF" {
		t.Error(got)
	}
	if got := DaysLeft(c, time.Now()); got != "2" {
		t.Error(got)
	}
	if got := DaysLeft(c, time.Now().Add(49*time.Hour)); got != "0" {
		t.Error(got)
	}
	if got := Date(time.Date(2015, 2, 3, 0, 55, 52, 0, time.UTC)); got != "Feb  3 00:55:52 2015 GMT" {
		t.Error(got)
	}
	if strings.ContainsAny(EscapedPEM(c), "\n +/=") || !strings.HasSuffix(EscapedPEM(c), "-----END%20CERTIFICATE-----%0A") {
		t.Error(EscapedPEM(c))
	}
	if got := HeaderPEM(c); strings.Count(got, "\n") != strings.Count(got, "\n\t") || strings.HasSuffix(got, "\n") {
		t.Error(got)
	}
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	for opt, want := range map[string]string{"RFC2253": DN(c.RawSubject), "compat": LegacyDN(c.RawSubject)} {
		cmd := exec.Command(openssl, "x509", "-noout", "-subject", "-nameopt", opt)
		cmd.Stdin = bytes.NewReader([]byte(RawPEM(c)))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimPrefix(strings.TrimSuffix(string(out), "\n"), "subject="); got != want {
			t.Errorf("%s: %q, openssl has %q", opt, want, got)
		}
	}
	cmd := exec.Command(openssl, "x509", "-noout", "-fingerprint", "-sha1")
	cmd.Stdin = bytes.NewReader([]byte(RawPEM(c)))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if _, got, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(strings.TrimSpace(string(out)), ":", "")), "="); got != Fingerprint(c) {
		t.Error(got, Fingerprint(c))
	}
}
