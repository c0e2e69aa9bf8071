package explain

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/route"
)

// Request is a request that somebody asks about.
type Request struct {
	Method   string         `json:"method"`   // GET when it is not given
	URL      string         `json:"url"`      // all of it, or from the path on
	Scheme   string         `json:"scheme"`   // where the URL has none
	Host     string         `json:"host"`     // likewise; the header Host counts too
	Path     string         `json:"path"`     // likewise, with a query or without
	Headers  Headers        `json:"headers"`  // by name: a text or a list of them
	Client   string         `json:"client"`   // its address, with a port or without
	SNI      string         `json:"sni"`      // of https; the host when it is not given
	Consumer string         `json:"consumer"` // who is authenticated: username, custom_id or id
	Claims   map[string]any `json:"claims"`   // of a token that was verified
}

// Headers are by their names in lower case.
type Headers map[string][]string

// UnmarshalJSON takes texts and lists of texts.
func (h *Headers) UnmarshalJSON(b []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*h = Headers{}
	// In an order that is always the same: a name may be there in two cases.
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		v := raw[name]
		var one string
		var list []string
		if string(v) == "null" {
			continue // it is not there
		}
		if json.Unmarshal(v, &one) == nil {
			list = []string{one}
		} else if json.Unmarshal(v, &list) != nil {
			return fmt.Errorf("header %q is neither a text nor a list of texts", name)
		}
		name = strings.ToLower(name)
		(*h)[name] = append((*h)[name], list...)
	}
	return nil
}

// Parse reads a request as JSON.
func Parse(b []byte) (*Request, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	q := new(Request)
	err := d.Decode(q)
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) && wrong.Field != "" {
		return nil, fmt.Errorf("%s: a %s means nothing here", wrong.Field, wrong.Value)
	}
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	return q, nil
}

// asked is a request in the router's words.
type asked struct {
	route.Request
	raw     string // the path as it would come
	host    string // the Host header
	query   string
	headers Headers
	claims  plugin.Claims
}

func (q *Request) read() (*asked, error) {
	target := q.URL
	if target == "" {
		if target = q.Path; target == "" {
			target = "/"
		}
	}
	u, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("url: %w", errors.Unwrap(err))
	}
	a := &asked{query: u.RawQuery, headers: q.Headers, claims: q.Claims}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if path[0] != '/' {
		return nil, fmt.Errorf("url: %q begins neither with http:// nor with /", target)
	}
	a.raw, a.Path = path, route.Normalize(path)
	if a.Method = strings.ToUpper(q.Method); a.Method == "" {
		a.Method = "GET"
	}
	for _, s := range []string{u.Scheme, q.Scheme, "http"} {
		if a.Scheme == "" {
			a.Scheme = strings.ToLower(s)
		}
	}
	if a.Scheme != "http" && a.Scheme != "https" {
		return nil, fmt.Errorf("scheme: %q is neither http nor https", a.Scheme)
	}
	host, header := cmp.Or(u.Host, q.Host), ""
	if list := q.Headers["host"]; len(list) > 0 {
		header = list[0]
	}
	host = cmp.Or(host, header, "localhost")
	a.host = cmp.Or(header, host)
	a.Host, a.Port = route.SplitHost(host, a.Scheme)
	if a.Scheme == "https" {
		if a.SNI = q.SNI; a.SNI == "" {
			a.SNI = a.Host
		}
	}
	if a.Client, err = address(q.Client); err != nil {
		return nil, err
	}
	a.Values = a
	return a, nil
}

func (a *asked) text() string {
	host := a.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if a.Scheme == "http" && a.Port != 80 || a.Scheme == "https" && a.Port != 443 {
		host = fmt.Sprintf("%s:%d", host, a.Port)
	}
	u := url.URL{Scheme: a.Scheme, Host: host, Path: a.Path, RawQuery: a.query}
	return fmt.Sprintf("%s %s from %s", a.Method, &u, a.Client.Addr())
}

func address(text string) (netip.AddrPort, error) {
	if text == "" {
		text = "127.0.0.1"
	}
	if addr, err := netip.ParseAddr(text); err == nil {
		return netip.AddrPortFrom(addr.Unmap(), 0), nil
	}
	ap, err := netip.ParseAddrPort(text)
	if err != nil {
		return ap, fmt.Errorf("client: %q is no address", text)
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()), nil
}

// Header implements route.Values, as do the methods below.
func (a *asked) Header(name string, i int) (string, bool) {
	list := a.headers[name]
	if i >= len(list) {
		return "", false
	}
	return list[i], true
}

func (a *asked) Query(name string, i int) (string, bool) {
	for pair := range strings.SplitSeq(a.query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if pair == "" || unescape(key) != name {
			continue
		}
		if i == 0 {
			return unescape(value), true
		}
		i--
	}
	return "", false
}

func unescape(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
}

func (a *asked) Cookie(name string, i int) (string, bool) {
	for _, line := range a.headers["cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			key, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
			if ok && key == name && i == 0 {
				return value, true
			}
		}
	}
	return "", false
}
