package httpd

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// MapPath is the name of the file that the URI stands for
// (ngx_http_map_uri_to_path).
func (r *Request) MapPath() string {
	path, _, _ := r.MapURI(r.URI)
	return path
}

// MapURI maps a URI to a path; root is how much of the path is the root.
func (r *Request) MapURI(uri string) (path string, root int, ok bool) {
	rt := r.Loc.core.Root.V
	base := rt.Value.Eval(r)
	if !rt.Value.Literal() {
		base = r.Server.http.Cycle.Path(base)
	}
	if !rt.Alias {
		return r.Concat(base, uri), len(base), true
	}
	switch {
	case r.Relocated:
		r.Logf(errlog.Alert, "\"alias\" cannot be used in location \"%s\" where URI was rewritten", r.Loc.Name)
		return "", 0, false
	case rt.AliasLen < 0 && r.AddURIToAlias:
		// try_files found a file that the alias does not name.
		return r.Concat(base, uri), len(base), true
	case rt.AliasLen < 0:
		// In a regex location the alias is the whole path.
		return base, len(base), true
	case len(uri) < rt.AliasLen:
		return base, len(base), true
	}
	return r.Concat(base, uri[rt.AliasLen:]), len(base), true
}

// DocumentRoot is $document_root.
func (r *Request) DocumentRoot() string {
	rt := r.Loc.core.Root.V
	base := rt.Value.Eval(r)
	if !rt.Value.Literal() {
		base = r.Server.http.Cycle.Path(base)
	}
	return base
}

// Root is the root or alias that the request is under.
func (r *Request) Root() *Root { return r.Loc.core.Root.V }

// TypeOf is the MIME type for an extension (ngx_http_set_content_type).
func (r *Request) TypeOf(ext string) string {
	core := r.Loc.core
	if ext != "" {
		if t, ok := core.Types.V[ext]; ok {
			return t
		}
		var low [32]byte
		if len(ext) <= len(low) {
			up := false
			for i := 0; i < len(ext); i++ {
				c := ext[i]
				if c >= 'A' && c <= 'Z' {
					c |= 0x20
					up = true
				}
				low[i] = c
			}
			if up {
				if t, ok := core.Types.V[string(low[:len(ext)])]; ok {
					return t
				}
			}
		}
	}
	return core.DefaultType.V
}

// SetContentType gives the response the type of the URI's extension, unless it
// has one.
func (r *Request) SetContentType() {
	if r.Out.ContentType == "" {
		r.Out.ContentType = r.TypeOf(r.Exten)
	}
}

// Core is the core module's settings where the request is now.
func (r *Request) Core() *CoreConf { return r.Loc.core }

// Core is the core module's settings of a location.
func (l *Location) Core() *CoreConf { return l.core }

// SetURI changes the path as a rewrite does.
func (r *Request) SetURI(uri string) {
	r.URI = uri
	r.Exten = http1.Ext(uri)
	r.ValidURI = false
}
