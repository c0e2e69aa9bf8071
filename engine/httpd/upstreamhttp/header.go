package upstreamhttp

import (
	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// TakeHeader takes one line of the response's header in and does what it says
// (the handlers of ngx_http_upstream_headers_in). Protocols call it for each line;
// what concerns the framing of the body is theirs.
func (u *Upstream) TakeHeader(h *http1.Header) {
	in := &u.In
	if h.ID != http1.OtherHeader {
		if h.ID.UniqueInResponse() && u.duplicate(h) {
			return
		}
		ignore := u.Conf.IgnoreHeaders
		switch h.ID {
		case http1.Server:
			in.hasServer = true
		case http1.Date:
			in.hasDate = true
		case http1.XAccelRedirect:
			if ignore&IgnoreRedirect == 0 {
				in.Redirect = h.Value
			}
		case http1.XAccelLimitRate:
			if n, ok := directive.ParseInt(h.Value); ok && ignore&IgnoreLimitRate == 0 {
				u.R.LimitRate.V, u.R.LimitRate.Set = int64(n), true
			}
		case http1.XAccelBuffering:
			if ignore&IgnoreBuffering == 0 && u.Conf.ChangeBuffering {
				if http1.EqualFold(h.Value, "no") {
					u.Buffering = false
				} else if http1.EqualFold(h.Value, "yes") {
					u.Buffering = true
				}
			}
		case http1.XAccelCharset:
			if ignore&IgnoreCharset == 0 {
				in.charset, in.hasCharset = h.Value, true
			}
		case http1.CacheControl, http1.Expires, http1.XAccelExpires, http1.SetCookie, http1.Vary:
			if u.kept != nil {
				u.takeFreshness(h)
			}
		}
	}
	in.List = append(in.List, *h)
}

func (u *Upstream) duplicate(h *http1.Header) bool {
	for i := range u.In.List {
		if p := &u.In.List[i]; p.ID == h.ID {
			u.R.Logf(errlog.Warn, "upstream sent duplicate header line: \"%s: %s\", previous value: \"%s: %s\", ignored", h.Name, h.Value, p.Name, p.Value)
			return true
		}
	}
	return false
}

// copyHeader makes the response's header of the upstream's
// (ngx_http_upstream_process_headers).
func (u *Upstream) copyHeader() {
	r := u.R
	o := &r.Out
	for i := range u.In.List {
		h := &u.In.List[i]
		if !u.Conf.Hide.Has(h) {
			u.copyLine(h)
		}
	}
	// Where the upstream's Server and Date are let through, the lack of them is too.
	if !u.In.hasServer && !u.Conf.Hide.known[http1.Server] {
		o.SetServer("")
	}
	if !u.In.hasDate && !u.Conf.Hide.known[http1.Date] {
		o.SetDate("")
	}
	if u.In.hasCharset {
		r.OverrideCharset = u.In.charset
	}
	o.Status = u.In.Status
	o.StatusLine = u.In.StatusLine
	o.ContentLength = u.In.Length
	r.DisableNotModified = !u.cacheable
	if u.Conf.ForceRanges {
		r.AllowRanges, r.SingleRange = true, !u.fromCache
	}
}

// copyLine copies one line, by what it is.
func (u *Upstream) copyLine(h *http1.Header) {
	o := &u.R.Out
	switch h.ID {
	case http1.ContentLength, http1.Connection, http1.KeepAlive, http1.TransferEncoding:
		return
	case http1.ContentType:
		o.ContentType, o.Charset = splitCharset(h.Value)
		return
	case http1.Server:
		o.AddServer(*h)
		return
	case http1.Date:
		o.AddDate(*h)
		return
	case http1.AcceptRanges:
		switch {
		case u.Conf.ForceRanges:
			return
		case u.fromCache:
			u.R.AllowRanges = true
			return
		case u.cacheable:
			u.R.AllowRanges, u.R.SingleRange = true, true
			return
		}
	case http1.Upgrade:
		if u.R.Version > http1.HTTP11 {
			return
		}
	case http1.Location:
		if u.Redirect != nil {
			if v, ok := u.Redirect(u, h.Value, 0); ok {
				if v != "" && v[0] == '/' {
					o.Location = v // made absolute by absolute_redirect
				} else {
					o.List = append(o.List, http1.Header{Name: h.Name, Value: v, ID: h.ID})
				}
				return
			}
		}
	case http1.Refresh:
		if i := urlIn(h.Value); i >= 0 && u.Redirect != nil {
			if v, ok := u.Redirect(u, h.Value, i); ok {
				o.List = append(o.List, http1.Header{Name: h.Name, Value: v, ID: h.ID})
				return
			}
		}
	case http1.SetCookie:
		if u.Cookie != nil {
			if v, ok := u.Cookie(u, h.Value); ok {
				o.List = append(o.List, http1.Header{Name: h.Name, Value: v, ID: h.ID})
				return
			}
		}
	}
	o.List = append(o.List, *h)
}

// survives tells which headers X-Accel-Redirect carries over.
func survives(id http1.HeaderID) bool {
	switch id {
	case http1.ContentType, http1.SetCookie, http1.ContentDisposition, http1.CacheControl, http1.Expires, http1.AcceptRanges:
		return true
	}
	return false
}

// copyChallenge keeps what a 401 asks for when an error page stands for it.
func (u *Upstream) copyChallenge() {
	for i := range u.In.List {
		if h := &u.In.List[i]; h.ID == http1.WWWAuthenticate {
			u.R.Out.List = append(u.R.Out.List, *h)
		}
	}
}

// splitCharset parts the charset off a type (ngx_http_upstream_copy_content_type).
func splitCharset(v string) (typ, charset string) {
	for i := 0; i < len(v); i++ {
		if v[i] != ';' {
			continue
		}
		last := i
		for i++; i < len(v) && v[i] == ' '; i++ {
		}
		if i == len(v) {
			return v, ""
		}
		const word = "charset="
		if len(v)-i < len(word) || !http1.EqualFold(v[i:i+len(word)], word) {
			continue
		}
		charset = v[i+len(word):]
		if charset != "" && charset[0] == '"' {
			charset = charset[1:]
		}
		if n := len(charset); n > 0 && charset[n-1] == '"' {
			charset = charset[:n-1]
		}
		return v[:last], charset
	}
	return v, ""
}

// urlIn is where the URL of a Refresh header begins, or -1.
func urlIn(v string) int {
	const word = "url="
	for i := 0; i+len(word) <= len(v); i++ {
		if http1.EqualFold(v[i:i+len(word)], word) {
			return i + len(word)
		}
	}
	return -1
}

// passHints sends early hints on and forgets them
// (ngx_http_upstream_process_early_hints).
func (u *Upstream) passHints() bool {
	r := u.R
	if u.Conf.PassEarlyHints {
		u.hints += int64(u.pos)
		if u.hints <= u.Conf.BufferSize {
			list := r.Out.List
			from := len(list)
			for i := range u.In.List {
				if h := &u.In.List[i]; !u.Conf.Hide.Has(h) {
					list = append(list, *h)
				}
			}
			if r.SendEarly(103, list[from:]) != nil {
				return false
			}
		} else {
			r.Logf(errlog.Info, "upstream sent too big early hints")
		}
	}
	r.CleanHeader()
	u.resetIn()
	n := copy(u.buf, u.buf[u.pos:])
	u.buf, u.pos = u.buf[:n], 0
	return true
}
