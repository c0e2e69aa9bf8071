package rewrite

import "moongate/engine/httpd"

// answer is ngx_http_script_return_code: statuses from 400 on without a text are
// left to error_page, the rest is sent here.
func answer(r *httpd.Request, in *instr) httpd.Result {
	if r.Traced() {
		r.Tracef("return %d", in.status)
	}
	if in.status >= 400 && in.text.Text() == "" {
		return httpd.Result(in.status)
	}
	if !r.DiscardBody() {
		return 400
	}
	r.Out.Status = in.status // the text may show it
	text := in.text.Eval(r)
	switch in.status {
	case 301, 302, 303, 307, 308:
		if text == "" {
			r.Out.Add("Location", "")
		}
		r.Out.Location = text
		return httpd.Result(in.status)
	}
	return r.SendText(in.status, "", text)
}
