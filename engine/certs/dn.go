package certs

import (
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"
)

// attribute is one part of a name; the type names make encoding/asn1 read
// RDNSequence as SEQUENCE OF SET OF SEQUENCE (RFC 5280 section 4.1.2.4).
type attribute struct {
	Type  asn1.ObjectIdentifier
	Value asn1.RawValue
}

type rdnSET []attribute

// shortNames are OpenSSL's short names of attribute types.
var shortNames = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
	"2.5.4.9": "street", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.13": "description",
	"2.5.4.15": "businessCategory", "2.5.4.17": "postalCode", "2.5.4.20": "telephoneNumber", "2.5.4.41": "name",
	"2.5.4.42": "GN", "2.5.4.43": "initials", "2.5.4.44": "generationQualifier", "2.5.4.46": "dnQualifier",
	"2.5.4.65": "pseudonym", "2.5.4.97": "organizationIdentifier", "1.2.840.113549.1.9.1": "emailAddress",
	"1.2.840.113549.1.9.2": "unstructuredName", "0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
	"1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL", "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST", "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
}

// DN words a raw subject or issuer as RFC 2253 (X509_NAME_print_ex with
// XN_FLAG_RFC2253): last part first, bytes above 127 escaped.
func DN(raw []byte) string {
	var name []rdnSET
	if _, err := asn1.Unmarshal(raw, &name); err != nil {
		return ""
	}
	var b strings.Builder
	for i := len(name) - 1; i >= 0; i-- {
		for j := len(name[i]) - 1; j >= 0; j-- {
			a := name[i][j]
			if b.Len() > 0 {
				b.WriteByte(",+"[b2i(j < len(name[i])-1)])
			}
			typ, known := shortNames[a.Type.String()]
			if !known {
				typ = a.Type.String()
			}
			b.WriteString(typ)
			b.WriteByte('=')
			text, isText := attributeText(a.Value)
			if !known || !isText {
				b.WriteString("#" + strings.ToUpper(hex.EncodeToString(a.Value.FullBytes)))
				continue
			}
			escape2253(&b, text)
		}
	}
	return b.String()
}

// LegacyDN is $ssl_client_s_dn_legacy: X509_NAME_oneline.
func LegacyDN(raw []byte) string {
	var name []rdnSET
	if _, err := asn1.Unmarshal(raw, &name); err != nil {
		return ""
	}
	var b strings.Builder
	for _, set := range name {
		for i, a := range set {
			b.WriteByte("/+"[b2i(i > 0)])
			typ, known := shortNames[a.Type.String()]
			if !known {
				typ = a.Type.String()
			}
			b.WriteString(typ)
			b.WriteByte('=')
			for _, c := range a.Value.Bytes {
				switch {
				case c < ' ' || c > '~':
					fmt.Fprintf(&b, "\\x%02X", c)
				case c == '/' || c == '+':
					b.WriteByte('\\')
					fallthrough
				default:
					b.WriteByte(c)
				}
			}
		}
	}
	return b.String()
}

func b2i(v bool) int {
	if v {
		return 1
	}
	return 0
}

// attributeText gives a string type's value in UTF-8.
func attributeText(v asn1.RawValue) (string, bool) {
	if v.Class != asn1.ClassUniversal {
		return "", false
	}
	switch v.Tag {
	case asn1.TagUTF8String, asn1.TagPrintableString, asn1.TagIA5String, asn1.TagNumericString, 26: // VisibleString
		return string(v.Bytes), true
	case asn1.TagT61String: // OpenSSL takes it for Latin-1
		r := make([]rune, len(v.Bytes))
		for i, c := range v.Bytes {
			r[i] = rune(c)
		}
		return string(r), true
	case asn1.TagBMPString:
		if len(v.Bytes)%2 != 0 {
			return "", false
		}
		u := make([]uint16, len(v.Bytes)/2)
		for i := range u {
			u[i] = uint16(v.Bytes[2*i])<<8 | uint16(v.Bytes[2*i+1])
		}
		return string(utf16.Decode(u)), true
	}
	return "", false
}

func escape2253(b *strings.Builder, s string) {
	for i := range len(s) {
		c := s[i]
		switch {
		case c < ' ' || c > '~':
			fmt.Fprintf(b, "\\%02X", c)
		case strings.IndexByte(`,+"\<>;`, c) >= 0,
			i == 0 && (c == '#' || c == ' '), i == len(s)-1 && c == ' ':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
}
