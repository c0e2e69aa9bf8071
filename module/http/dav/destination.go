package dav

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// target is where COPY and MOVE lead.
type target struct {
	header string // as the client sent it
	uri    string
	slash  bool // the header's URI ends in one
}

// destination reads the Destination header; a status other than OK ends the
// request.
func destination(r *httpd.Request) (t target, res httpd.Result) {
	dest, ok := r.In.Known(http1.Destination)
	if !ok {
		r.Logf(errlog.Error, "client sent no \"Destination\" header")
		return t, 400
	}
	t.header = dest
	uri := dest
	if !strings.HasPrefix(dest, "/") {
		if r.Host == "" {
			r.Logf(errlog.Error, "client sent no \"Host\" header")
			return t, 400
		}
		scheme := "http://"
		if r.Conn.TLS() != nil {
			scheme = "https://"
		}
		rest, ok := strings.CutPrefix(dest, scheme)
		if !ok {
			return t, t.invalid(r)
		}
		if !strings.HasPrefix(rest, r.Host) {
			r.Logf(errlog.Error, "\"Destination\" URI \"%s\" is handled by different repository than the source URI", dest)
			return t, 400
		}
		at := strings.IndexByte(rest[len(r.Host):], '/')
		if at < 0 {
			return t, t.invalid(r)
		}
		uri = rest[len(r.Host)+at:]
	}
	t.slash = endsInSlash(uri)
	if t.uri, _, ok = r.UnsafeURI(uri); !ok {
		return t, t.invalid(r)
	}
	if endsInSlash(r.URI) != t.slash {
		r.Logf(errlog.Error, "both URI \"%s\" and \"Destination\" URI \"%s\" should be either collections or non-collections", r.URI, dest)
		return t, 409
	}
	if rt := r.Root(); rt.Alias && rt.AliasLen > 0 && len(t.uri) < rt.AliasLen {
		return t, t.invalid(r)
	}
	return t, httpd.OK
}

func (t *target) invalid(r *httpd.Request) httpd.Result {
	r.Logf(errlog.Error, "client sent invalid \"Destination\" header: \"%s\"", t.header)
	return 400
}

// overwrite reads the Overwrite header.
func overwrite(r *httpd.Request) (yes, ok bool) {
	v, given := r.In.Known(http1.Overwrite)
	switch {
	case !given, v == "T", v == "t":
		return true, true
	case v == "F", v == "f":
		return false, true
	}
	r.Logf(errlog.Error, "client sent invalid \"Overwrite\" header: \"%s\"", v)
	return false, false
}

// different is ngx_http_dav_validate_paths: a folder can't be put into itself.
func (t *target) different(r *httpd.Request, from, to string, slash bool) bool {
	if len(from) > 1 {
		from = strings.TrimSuffix(from, "/")
	}
	if from == to {
		r.Logf(errlog.Error, "both URI \"%s\" and \"Destination\" URI \"%s\" point to the same location", r.URI, t.header)
		return false
	}
	if slash && (strings.HasPrefix(to, from+"/") || strings.HasPrefix(from, to+"/")) {
		r.Logf(errlog.Error, "\"%s\" could not be %sed to collection \"%s\"", r.URI, r.MethodName, t.header)
		return false
	}
	return true
}

// mergeSlashes makes one slash of several.
func mergeSlashes(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return path
}
