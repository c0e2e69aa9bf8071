package mtlsauth

import (
	"crypto/x509"
	"slices"
	"strings"
	"time"

	"moongate/core/errlog"
	"moongate/gateway/client"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
)

type instance struct {
	plugin.Gate
	CAs        []string `json:"ca_certificates"`
	ConsumerBy []string `json:"consumer_by"`
	Skip       bool     `json:"skip_consumer_lookup"`
	GroupBy    string   `json:"authenticated_group_by"`
	Partial    bool     `json:"allow_partial_chain"`
	SendDN     bool     `json:"send_ca_dn"`
	TTL        float64  `json:"cache_ttl"`
	Mode       string   `json:"revocation_check_mode"`
	Timeout    float64  `json:"http_timeout"`
	Fresh      float64  `json:"cert_cache_ttl"`

	env     *plugin.Env
	id      string
	keep    time.Duration
	client  *client.Client
	revoked *revocation // nil: nobody is asked
	checked
}

const (
	headerDN  = "X-Client-Cert-Dn"
	headerSAN = "X-Client-Cert-San"
)

var (
	missing = &plugin.Refusal{Status: 401, Message: "No required TLS certificate was sent"}
	invalid = &plugin.Refusal{Status: 401, Message: "TLS certificate failed verification"}
)

// Asks implements plugin.Asks.
func (i *instance) Asks() []string {
	if i.SendDN {
		return i.CAs
	}
	return nil
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	x.R.In.Del(headerDN)
	x.R.In.Del(headerSAN)
	return i.Gate.Access(x, i.env, i)
}

// Authenticate implements plugin.Authenticator. Why a certificate is not good only the log
// tells.
func (i *instance) Authenticate(x *plugin.Context) *plugin.Refusal {
	t := x.R.Conn.TLS()
	if t == nil {
		return missing
	}
	chain := t.PeerChain()
	if len(chain) == 0 {
		return missing
	}
	by, err := i.verify(chain)
	if err != nil {
		x.R.Logf(errlog.Info, "gateway: mtls-auth: the client's certificate is not good: %v", err)
		return invalid
	}
	leaf := chain[0]
	if i.Skip {
		return i.admit(x, leaf)
	}
	c, credential := i.find(names(leaf), by)
	if c == nil {
		x.R.Logf(errlog.Info, "gateway: mtls-auth: %q is no consumer's certificate", leaf.Subject)
		return invalid
	}
	x.Authenticate(c, credential)
	return nil
}

// Close implements plugin.Closer.
func (i *instance) Close() {
	if i.client != nil {
		i.client.Close()
	}
}

// admit lets in whoever has a good certificate.
func (i *instance) admit(x *plugin.Context, leaf *x509.Certificate) *plugin.Refusal {
	dn := oneLine(leaf.Subject.String())
	group := dn
	if i.GroupBy != "DN" {
		group = oneLine(leaf.Subject.CommonName)
	}
	x.Authenticate(nil, dn)
	if x.Groups = []string{}; group != "" {
		x.Groups = []string{group}
	}
	x.R.In.Add(headerDN, dn)
	if list := alternative(leaf); len(list) > 0 {
		x.R.In.Add(headerSAN, oneLine(strings.Join(list, ", ")))
	}
	return nil
}

// find is whose certificate it is: by a credential for the authority that has signed it, by
// one for any, by the consumer's own name; by is the authorities of the chain.
func (i *instance) find(names, by []string) (*entity.Consumer, string) {
	known := i.env.Known()
	for _, authority := range append(slices.Clone(by), "") {
		for _, name := range names {
			if m := known.MTLSAuth(name, authority); m != nil && m.Consumer != nil {
				return known.Consumer(m.Consumer.ID), m.ID
			}
		}
	}
	for _, name := range names {
		c := known.ConsumerNamed(name)
		if c != nil && (c.Username == name && slices.Contains(i.ConsumerBy, "username") || c.CustomID == name && slices.Contains(i.ConsumerBy, "custom_id")) {
			return c, name
		}
	}
	return nil, ""
}

// names are those that a certificate is of: the common name counts where there is no other.
func names(c *x509.Certificate) []string {
	if list := alternative(c); len(list) > 0 {
		return list
	}
	if c.Subject.CommonName == "" {
		return nil
	}
	return []string{c.Subject.CommonName}
}

// alternative are the subject's alternative names (RFC 5280, 4.2.1.6).
func alternative(c *x509.Certificate) []string {
	list := append(slices.Clone(c.DNSNames), c.EmailAddresses...)
	for _, u := range c.URIs {
		list = append(list, u.String())
	}
	for _, ip := range c.IPAddresses {
		list = append(list, ip.String())
	}
	return list
}

// oneLine leaves out what would end a header.
func oneLine(s string) string { return plugin.ClaimText(s) }

// Tell implements plugin.Tells. Which certificate a client would show nobody knows.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	switch {
	case q.Scheme == "https":
		return plugin.Told{State: "judges", Why: "the certificate that the client shows"}
	case i.Anonymous != "":
		return plugin.Told{State: "lets pass", Why: "as the consumer " + i.Anonymous}
	}
	return plugin.Told{Status: 401, State: "refuses", Why: "without TLS there is no certificate"}
}
