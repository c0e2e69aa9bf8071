package plugin

import "net/url"

// ReadServer reads the URL of an HTTP server that a configuration names; wrong is what is
// wrong with it, in Kong's words.
func ReadServer(v any) (u *url.URL, wrong string) {
	s, _ := v.(string)
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, "could not parse url"
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, "missing scheme in url"
	case u.Hostname() == "":
		return nil, "missing host in url"
	}
	return u, ""
}
