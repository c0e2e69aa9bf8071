package release

import (
	"fmt"
	"net/netip"
	"strings"
)

// Request is what a decision looks at. Nothing of it is kept.
type Request struct {
	Client  netip.Addr
	Address string // Client as text; "" is made when it is needed, which allocates
	User    string // who was authenticated, "" for nobody
	Values  Values
	Claims  Claims // nil without a token
}

// Claims gives what a token that was checked says of its bearer. i counts from 0 as long as ok: a claim may be a list.
type Claims interface {
	Claim(name string, i int) (value string, ok bool)
}

// Values gives what conditions ask for. i counts from 0 as long as ok.
type Values interface {
	Header(name string, i int) (value string, ok bool) // name is in lower case
	Query(name string, i int) (value string, ok bool)
	Cookie(name string, i int) (value string, ok bool)
}

type kind uint8

const (
	ofAddress kind = iota
	ofUser
	ofClass
	ofHeader
	ofCookie
	ofQuery
	ofClaim
)

var (
	plainKinds = map[string]kind{"address": ofAddress, "user": ofUser, "class": ofClass}
	namedKinds = map[string]kind{"header": ofHeader, "cookie": ofCookie, "query": ofQuery, "claim": ofClaim}
)

// key is something that a request has: address, user, class, header:NAME, cookie:NAME, query:NAME, claim:NAME.
type key struct {
	kind kind
	name string
	text string
}

func parseKey(s string) (key, error) {
	what, name, named := strings.Cut(s, ":")
	k := key{name: name, text: s}
	kinds := plainKinds
	if named {
		kinds = namedKinds
	}
	var ok bool
	if k.kind, ok = kinds[what]; !ok || named && name == "" {
		return k, fmt.Errorf("%q is none of address, user, class, header:NAME, cookie:NAME, query:NAME, claim:NAME", s)
	}
	if k.kind == ofHeader {
		k.name = strings.ToLower(name)
	}
	return k, nil
}

// value is the i-th value that the request has for it. A class has none: it is asked for by its mask.
func (k *key) value(r *Request, i int) (string, bool) {
	switch {
	case k.kind == ofAddress:
		return r.address(), i == 0 && r.Client.IsValid()
	case k.kind == ofUser:
		return r.User, i == 0 && r.User != ""
	case k.kind == ofClaim:
		if r.Claims == nil {
			return "", false
		}
		return r.Claims.Claim(k.name, i)
	case r.Values == nil:
		return "", false
	case k.kind == ofHeader:
		return r.Values.Header(k.name, i)
	case k.kind == ofCookie:
		return r.Values.Cookie(k.name, i)
	case k.kind == ofQuery:
		return r.Values.Query(k.name, i)
	}
	return "", false
}

func (r *Request) address() string {
	if r.Address == "" && r.Client.IsValid() {
		r.Address = r.Client.Unmap().String()
	}
	return r.Address
}

// first is the first value that isn't empty.
func (k *key) first(r *Request) string {
	for i := 0; ; i++ {
		v, ok := k.value(r, i)
		if !ok || v != "" {
			return v
		}
	}
}
