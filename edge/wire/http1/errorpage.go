package http1

// page is the part of an error page before the line with the server's name.
type page struct {
	title, heading, note string
}

// ErrorPages makes the bodies of nginx's error pages (ngx_http_special_response.c) for one setting of server_tokens. The name
// is "nginx", "nginx/1.31.5" or "nginx/1.31.5 (build)". The texts are made once; Body allocates nothing.
type ErrorPages struct {
	bodies [len(pageOf)]string
	padded [len(pageOf)]string
}

// pageOf tells which page a code shows; those that differ from the code's own reason have words of their own. nginx shows 494
// to 497 as a 400 with a reason, and 498 as 404.
var pageOf = func() (t [600]page) {
	for _, r := range reasons {
		if r.code >= 301 && r.code != 304 {
			text := string(AppendInt(nil, int64(r.code))) + " " + r.reason
			t[r.code] = page{title: text, heading: text}
		}
	}
	t[302] = page{title: "302 Found", heading: "302 Found"}
	t[401] = page{title: "401 Authorization Required", heading: "401 Authorization Required"}
	for code, note := range map[int]string{
		494: "Request Header Or Cookie Too Large",
		495: "The SSL certificate error",
		496: "No required SSL certificate was sent",
		497: "The plain HTTP request was sent to HTTPS port",
	} {
		t[code] = page{"400 " + note, "400 Bad Request", note}
	}
	t[498] = t[404]
	return t
}()

// NewErrorPages makes the pages that end with this name.
func NewErrorPages(name string) *ErrorPages {
	const padding = "<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n"
	p := new(ErrorPages)
	for code, page := range pageOf {
		if page.title == "" {
			continue
		}
		body := "<html>\r\n<head><title>" + page.title + "</title></head>\r\n<body>\r\n" +
			"<center><h1>" + page.heading + "</h1></center>\r\n"
		if page.note != "" {
			body += "<center>" + page.note + "</center>\r\n"
		}
		body += "<hr><center>" + name + "</center>\r\n</body>\r\n</html>\r\n"
		p.bodies[code] = body
		if code >= 400 {
			p.padded[code] = body + padding + padding + padding + padding + padding + padding
		}
	}
	return p
}

// Body is the page for code; empty if nginx has none, and answers with an empty body. padding asks for the comment that makes
// old browsers show the page: msie_padding is on, the client is MSIE or Chrome, and the version is 1.0 or later.
func (p *ErrorPages) Body(code int, padding bool) string {
	if code < 0 || code >= len(p.bodies) {
		return ""
	}
	if padding && p.padded[code] != "" {
		return p.padded[code]
	}
	return p.bodies[code]
}

// AnswerCode is the status that goes with the page: 494 to 497 are only nginx's own names for a 400.
func AnswerCode(code int) int {
	if code >= 494 && code <= 497 {
		return 400
	}
	return code
}

// ClosesConnection tells whether nginx gives up keep-alive when it answers with this error.
func ClosesConnection(code int) bool {
	switch code {
	case 400, 413, 414, 495, 496, 497, 500, 501:
		return true
	}
	return false
}

// NoLingering tells whether the connection is closed without waiting for the rest of the request.
func NoLingering(code int) bool {
	switch code {
	case 400, 495, 496, 497:
		return true
	}
	return false
}

// AppendRefreshPage writes the body of the 200 that stands for a 301 or 302 with msie_refresh.
func AppendRefreshPage(dst []byte, location string) []byte {
	dst = append(dst, `<html><head><meta http-equiv="Refresh" content="0; URL=`...)
	dst = AppendEscaped(dst, location, EscapeRefresh)
	return append(dst, "\"></head><body></body></html>\r\n"...)
}
