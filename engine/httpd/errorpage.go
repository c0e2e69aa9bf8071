package httpd

import (
	"moongate/edge/wire/http1"
)

// errorPage is one status of an error_page directive.
type errorPage struct {
	status    int
	overwrite int // -1: the page's status is kept; 0: the target's own
	target    *Value
	args      string // of a target without variables
}

// specialResponse answers with an error page or a redirect
// (ngx_http_special_response_handler). Headers filters have set are kept.
func (r *Request) specialResponse(status int) Result {
	if r.Debugging() {
		r.Debugf("http special response: %d, \"%s?%s\"", status, r.URI, r.Args)
	}
	r.ErrStatus = status
	if http1.ClosesConnection(status) {
		r.KeepAlive = false
	}
	if http1.NoLingering(status) {
		r.Lingering = false
	}
	r.Out.ContentType = ""
	core := r.Loc.core
	if !r.ErrorPage && len(core.ErrorPages) > 0 && r.uriChanges != 0 {
		if !core.RecursiveErrorPages.V {
			r.ErrorPage = true
		}
		for i := range core.ErrorPages {
			if core.ErrorPages[i].status == status {
				return r.sendErrorPage(&core.ErrorPages[i])
			}
		}
	}
	r.ExpectTested = true
	if !r.DiscardBody() {
		r.KeepAlive = false
	}
	if core.MSIERefresh.V && r.In.UserAgent&uaMSIE != 0 && (status == 301 || status == 302) {
		return r.sendRefresh()
	}
	r.ErrStatus = http1.AnswerCode(status)
	return r.sendSpecial(status)
}

func (r *Request) sendErrorPage(p *errorPage) Result {
	if p.overwrite > 0 && p.overwrite != 200 {
		r.ExpectTested = true
	}
	if p.overwrite >= 0 {
		r.ErrStatus = p.overwrite
	}
	uri := p.target.Eval(r)
	if uri != "" && uri[0] == '/' {
		args := p.args
		if !p.target.Literal() {
			uri, args = http1.SplitArgs(uri)
		}
		if r.Method != http1.HEAD {
			r.Method, r.MethodName = http1.GET, "GET"
		}
		return r.InternalRedirect(uri, args)
	}
	if uri != "" && uri[0] == '@' {
		return r.NamedLocation(uri)
	}
	r.ExpectTested = true
	if !r.DiscardBody() {
		r.KeepAlive = false
	}
	switch p.overwrite {
	case 301, 302, 303, 307, 308:
	default:
		r.ErrStatus = 302
	}
	r.Out.Location = uri
	if r.Loc.core.MSIERefresh.V && r.In.UserAgent&uaMSIE != 0 {
		return r.sendRefresh()
	}
	return r.sendSpecial(r.ErrStatus)
}

// sendSpecial sends nginx's built-in page for a status.
func (r *Request) sendSpecial(status int) Result {
	core := r.Loc.core
	pad := core.MSIEPadding.V && r.In.UserAgent&(uaMSIE|uaChrome) != 0 && r.Version >= http1.HTTP10
	page := core.ServerTokens.V.pages().Body(status, pad)
	r.Out.ContentLength = int64(len(page))
	if page != "" {
		r.Out.ContentType, r.Out.Charset = "text/html", ""
	}
	r.Out.ClearAcceptRanges(r)
	r.Out.ClearLastModified()
	r.Out.ClearETag()
	if res := r.SendHeader(); res != OK || r.HeaderOnly {
		return res
	}
	if page == "" {
		return r.result(r.WriteBufs(lastBuf[:]))
	}
	return r.result(r.WriteOne(Buf{B: bytesOf(page), Keep: true, Last: true}))
}

// sendRefresh is what old Internet Explorers get in place of a redirect.
func (r *Request) sendRefresh() Result {
	body := http1.AppendRefreshPage(nil, r.Out.Location)
	r.ErrStatus = 200
	r.Out.Location = ""
	return r.SendText(200, "text/html", r.Copy(body))
}

// FilterFinalize is for header filters that must answer otherwise than the
// handler wanted (ngx_http_filter_finalize_request).
func (r *Request) FilterFinalize(status int) Result {
	r.CleanHeader()
	clear(r.slots)
	r.FilterFinalizing = true
	res := r.settle(r.specialResponse(status))
	if res == OK {
		// The handler gives up on Error: what was answered goes out now.
		r.stream.flush(r)
		return Error
	}
	return res
}

// CleanHeader forgets the response's header (ngx_http_clean_header).
func (r *Request) CleanHeader() {
	o := &r.Out
	*o = HeadersOut{List: o.List[:0], Trailers: o.Trailers[:0], ContentLength: -1, LastModified: -1}
}
