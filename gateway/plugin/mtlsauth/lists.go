package mtlsauth

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"moongate/gateway/client"
)

// list is a list of certificates that an authority has taken back (RFC 5280, 5).
type list struct {
	revoked    map[string]bool // by serial number
	users, cas bool            // it has these
	points     []string        // where it is to be found; nil: it does not say
	until      time.Time
}

// listKey is where a list is, and who must have signed it.
type listKey struct{ uri, issuer string } // the issuer's certificate, as it is encoded

const (
	// mostList is how long a list may be, mostLists how many are remembered.
	mostList  = 16 << 20
	mostLists = 64
	// mostPoints is how many places of one certificate are asked.
	mostPoints = 4
	// removed is the reason of an entry that takes another one back.
	removed = 8
)

// onList asks for the lists of a certificate.
func (i *revocation) onList(c, issuer *x509.Certificate) (status, error) {
	err := errors.New("the certificate names no list")
	for n, uri := range httpOnly(c.CRLDistributionPoints) {
		if n >= mostPoints {
			break
		}
		var l *list
		if l, err = i.lists.get(listKey{uri, string(issuer.Raw)}); err != nil {
			continue
		}
		switch {
		case !(l.users && !c.IsCA || l.cas && c.IsCA):
			err = fmt.Errorf("%s: the list is for others", uri)
		case l.points != nil && !slices.ContainsFunc(l.points, func(p string) bool { return slices.Contains(c.CRLDistributionPoints, p) }):
			err = fmt.Errorf("%s: the list is another part", uri)
		case l.revoked[string(c.SerialNumber.Bytes())]:
			return revoked, nil
		default:
			return good, nil
		}
	}
	return unknown, err
}

func httpOnly(all []string) (out []string) {
	for _, s := range all {
		if u, err := url.Parse(s); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			out = append(out, s)
		}
	}
	return out
}

// askList gets a list.
func (i *revocation) askList(k listKey) (*list, time.Time, error) {
	issuer, err := x509.ParseCertificate([]byte(k.issuer))
	if err != nil {
		return nil, time.Time{}, err
	}
	body, err := i.fetch(&client.Request{URL: k.uri})
	if err != nil {
		return nil, time.Time{}, err
	}
	l, err := readList(body, issuer, i.now())
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("%s: %w", k.uri, err)
	}
	return l, l.until, nil
}

// readList reads a list, which its issuer must have signed, and which must be of now.
func readList(der []byte, issuer *x509.Certificate, now time.Time) (*list, error) {
	r, err := x509.ParseRevocationList(der)
	if err != nil {
		return nil, err
	}
	switch {
	case !bytes.Equal(r.RawIssuer, issuer.RawSubject):
		return nil, errors.New("the list is another authority's")
	case now.Before(r.ThisUpdate):
		return nil, errors.New("the list is of the future")
	case !r.NextUpdate.IsZero() && !now.Before(r.NextUpdate):
		return nil, errors.New("the list is too old")
	}
	if err := r.CheckSignatureFrom(issuer); err != nil {
		return nil, err
	}
	l := &list{revoked: make(map[string]bool, len(r.RevokedCertificateEntries)), users: true, cas: true, until: r.NextUpdate}
	if l.until.IsZero() {
		l.until = now.Add(day)
	}
	for _, e := range r.Extensions {
		switch {
		case e.Id.Equal(oidPoint):
			if err := l.narrow(e.Value); err != nil {
				return nil, err
			}
		case e.Id.Equal(oidDelta), e.Critical:
			return nil, fmt.Errorf("the list has the extension %s", e.Id)
		}
	}
	for _, e := range r.RevokedCertificateEntries {
		for _, x := range e.Extensions {
			if x.Critical { // such as that another authority has issued it
				return nil, fmt.Errorf("an entry has the extension %s", x.Id)
			}
		}
		if e.ReasonCode != removed {
			l.revoked[string(e.SerialNumber.Bytes())] = true
		}
	}
	return l, nil
}

var (
	oidPoint = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidDelta = asn1.ObjectIdentifier{2, 5, 29, 27}
)

// tagURI is the tag of a GeneralName that is an address.
const tagURI = 6

// narrow reads which part of an authority's certificates a list is about (5.2.5). Whoever
// stands between us and the server could show one that is about others.
func (l *list) narrow(der []byte) error {
	var p struct {
		Point struct {
			Full     []asn1.RawValue `asn1:"optional,tag:0"`
			Relative asn1.RawValue   `asn1:"optional,tag:1"`
		} `asn1:"optional,tag:0"`
		Users      bool           `asn1:"optional,tag:1"`
		CAs        bool           `asn1:"optional,tag:2"`
		Reasons    asn1.BitString `asn1:"optional,tag:3"`
		Indirect   bool           `asn1:"optional,tag:4"`
		Attributes bool           `asn1:"optional,tag:5"`
	}
	if rest, err := asn1.Unmarshal(der, &p); err != nil || len(rest) > 0 {
		return errors.New("the list's distribution point is not readable")
	}
	if p.Reasons.BitLength > 0 || p.Indirect || p.Attributes || len(p.Point.Relative.FullBytes) > 0 {
		return errors.New("the list is about a part that is not understood")
	}
	l.users, l.cas = !p.CAs, !p.Users
	for _, name := range p.Point.Full {
		if name.Class == asn1.ClassContextSpecific && name.Tag == tagURI {
			l.points = append(l.points, strings.Clone(string(name.Bytes)))
		}
	}
	if len(p.Point.Full) > 0 && l.points == nil {
		return errors.New("the list is at a place that is not understood")
	}
	return nil
}
