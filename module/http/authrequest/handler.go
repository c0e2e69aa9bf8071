package authrequest

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// handle is ngx_http_auth_request_handler.
func handle(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	sub, err := r.Subrequest(httpd.Sub{URI: cf.uri.V, Capture: discard, Prepare: prepare})
	if err != nil {
		return httpd.Error
	}
	// Its variables are ours, and may be views of its memory.
	r.AtEnd(sub.Free)
	sub.Run()
	for _, v := range cf.vars {
		r.SetVar(v.index, v.value.Eval(sub))
	}
	switch status := sub.Out.Status; {
	case status == 403:
		return 403
	case status == 401:
		for _, h := range sub.Out.List {
			if http1.EqualFold(h.Name, "WWW-Authenticate") {
				r.Out.List = append(r.Out.List, h)
			}
		}
		return 401
	case status >= 200 && status < 300:
		return httpd.OK
	default:
		r.Logf(errlog.Error, "auth request unexpected status: %d", status)
		return 500
	}
}

// prepare: only the answer's header counts, and the request's body stays for who
// will handle the request.
func prepare(sub *httpd.Request) {
	sub.HeaderOnly = true
	sub.Body.Set(nil, nil)
}

func discard(*httpd.Request, []httpd.Buf) error { return nil }
