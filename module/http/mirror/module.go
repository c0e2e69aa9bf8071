package mirror

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_mirror_module.
var Module = &httpd.Module{
	Name:    "mirror",
	Doc:     "Sends copies of requests to other locations.",
	NewConf: func() any { return new(conf) },
}

// conf is what a level says.
type conf struct {
	uris directive.Value[[]string]
	body directive.Value[bool]
}

func init() {
	// The handler refers to the module: filled in here to break that ring.
	const levels = directive.HTTP | directive.Server | directive.Location
	Module.Directives = []directive.Directive{
		{Name: "mirror", Syntax: "uri | off", In: levels, Args: directive.Take1,
			Set: directive.Func(readMirror).Inherited(func(p, c *conf) { c.uris.InheritFrom(&p.uris) }), Doc: "A location that gets a copy of each request."},
		{Name: "mirror_request_body", In: levels, Args: directive.FlagArg, Default: "on",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.body }), Doc: "Reads the body first, so that copies have it too."},
	}
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.PreContent, Run: handle, When: func(c any) bool { return len(c.(*conf).uris.V) > 0 }}}
}

// readMirror is ngx_http_mirror.
func readMirror(c *directive.Call, cf *conf) error {
	v := &cf.uris
	if c.Args[0] == "off" {
		if v.Written {
			return directive.Duplicate
		}
		v.Put(c, nil)
		return nil
	}
	if v.Written && v.V == nil {
		return directive.Duplicate
	}
	v.Put(c, append(v.V, c.Args[0]))
	return nil
}

// handle is ngx_http_mirror_handler.
func handle(r *httpd.Request) httpd.Result {
	if !r.IsMain() {
		return httpd.Declined
	}
	cf := httpd.Conf[conf](r, Module)
	if cf.body.V {
		if res := r.ReadBody(); res != httpd.OK {
			return res
		}
		r.PreserveBody = true
	}
	for _, uri := range cf.uris.V {
		sub, err := r.Subrequest(httpd.Sub{URI: uri, Args: r.Args, Method: r.MethodName, Capture: discard, Prepare: prepare,
			CopyVars: true, Background: true})
		if err != nil {
			return 500
		}
		r.RunBeside(sub)
	}
	return httpd.Declined
}

func prepare(sub *httpd.Request) { sub.HeaderOnly = true }

func discard(*httpd.Request, []httpd.Buf) error { return nil }
