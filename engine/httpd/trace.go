package httpd

// Lines of the debug log that nginx has at the turning points of a request.
// Each is asked for by `if r.Debugging()`, for arguments cost even when nobody
// wants them.

func (r *Request) traceLine() {
	r.Debugf("http request line: \"%s\"", r.Line)
	r.Debugf("http uri: \"%s\"", r.URI)
	r.Debugf("http args: \"%s\"", r.Args)
	r.Debugf("http exten: \"%s\"", r.Exten)
}

func (r *Request) traceHead() {
	for i := range r.In.List {
		r.Debugf("http header: \"%s: %s\"", r.In.List[i].Name, r.In.List[i].Value)
	}
	r.Debugf("http header done")
}

func (r *Request) traceLocation() {
	l, sign := r.Loc, ""
	switch l.Kind {
	case LocGround:
		sign = "*"
	case LocExact:
		sign = "="
	}
	r.Debugf("using configuration \"%s%s\"", sign, l.Name)
	r.Debugf("http cl:%d max:%d", r.In.ContentLength, l.core.ClientMaxBodySize.V)
}

func (r *Request) traceResult(res Result) {
	r.Debugf("http finalize request: %d, \"%s?%s\" a:1, c:1", int(res), r.URI, r.Args)
}
