package openidconnect

import (
	"errors"
	"net/url"

	"moongate/gateway/oauth"
)

// pushes tells whether logins begin with a request of ours to the provider (RFC 9126), so
// that browsers carry no more than a reference to it.
func (i *instance) pushes(m *metadata) bool {
	if i.Push != nil {
		return *i.Push
	}
	return m.WantsPush && m.Pushed != ""
}

// push gives the provider the request, and gets what browsers are sent with.
func (i *instance) push(m *metadata, q url.Values) (url.Values, error) {
	if m.Pushed == "" {
		return nil, errors.New("the provider takes no pushed requests")
	}
	release, err := i.asking()
	if err != nil {
		return nil, err
	}
	defer release()
	header, err := i.prove(m, q)
	if err != nil {
		return nil, err
	}
	a, err := oauth.Post(i.client, m.Pushed, q, header)
	if err != nil {
		return nil, err
	}
	ref, _ := a["request_uri"].(string)
	if ref == "" {
		return nil, errors.New("the provider has answered without a request_uri")
	}
	return url.Values{"client_id": {first(i.ClientID)}, "request_uri": {ref}}, nil
}

// asking counts one of the requests that ask the provider for something new, of which there
// may be so many at the same time.
func (i *instance) asking() (release func(), err error) {
	if i.grants.Add(1) > mostGrants {
		i.grants.Add(-1)
		return nil, oauth.ErrBusy
	}
	return func() { i.grants.Add(-1) }, nil
}
