package gzipstatic

import (
	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_gzip_static_module.
var Module = &httpd.Module{
	Name:    "gzip_static",
	Doc:     "Answers with files that were compressed beforehand.",
	NewConf: func() any { return new(conf) },
	Directives: []directive.Directive{{
		Name: "gzip_static", Syntax: "on | off | always", In: directive.HTTP | directive.Server | directive.Location, Args: directive.Take1, Default: "off",
		Set: directive.Enum(func(c *conf) *directive.Value[mode] { return &c.mode }, map[string]mode{"off": off, "on": on, "always": always}),
		Doc: "Looks for compressed files; always: without asking whether the client takes them.",
	}},
}

func init() {
	// The handler refers to the module.
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.Content, Run: handle, When: func(c any) bool { return c.(*conf).mode.V != off }}}
}

type conf struct {
	mode directive.Value[mode]
}

type mode uint8

const (
	off mode = iota
	on
	always
)

// handle is ngx_http_gzip_static_handler.
func handle(r *httpd.Request) httpd.Result {
	if r.Method&(http1.GET|http1.HEAD) == 0 || r.URI == "" || r.URI[len(r.URI)-1] == '/' {
		return httpd.Declined
	}
	m := httpd.Conf[conf](r, Module).mode.V
	accepted := m == always || r.AcceptsGzip()
	if !accepted && !r.Core().GzipVary.V {
		return httpd.Declined
	}
	path, _, ok := r.MapURI(r.URI)
	if !ok {
		return 500
	}
	var of httpd.OpenFile
	if err := r.OpenFile(r.Concat(path, ".gz"), &of); err != nil {
		if !err.Missing() {
			level := errlog.Crit
			if err.Forbidden() {
				level = errlog.Error
			}
			err.Log(r, level)
		}
		return httpd.Declined
	}
	f := of.File
	if f != nil {
		defer f.Close()
	}
	if m == on {
		r.GzipVary = true
		if !accepted {
			return httpd.Declined
		}
	}
	if of.Info.IsDir() {
		return httpd.Declined
	}
	if !of.Info.IsRegular() {
		r.Logf(errlog.Crit, "\"%s\" is not a regular file", path)
		return 404
	}
	if !r.DiscardBody() {
		r.KeepAlive = false
	}
	defer r.Doing(r.Doing("sending response to client"))
	r.Out.Add("Content-Encoding", "gzip")
	return r.SendFile(f, of.Info.Size, of.Info.Mtime)
}
