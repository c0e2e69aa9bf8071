package rewrite

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// rewrite is ngx_http_script_regex_start_code to regex_end_code.
func (in *instr) rewrite(r *httpd.Request, loud bool) (matched bool, res httpd.Result) {
	if !in.matches(r, r.URI, loud) {
		return false, httpd.Declined
	}
	ru := &in.rule
	r.Internal = true
	r.ValidURI = false
	if ru.breaks {
		r.Relocated, r.URIChanged = true, false
	} else {
		r.URIChanged = true
	}
	text, at := in.repl.eval(r, ru.redirect)
	if ru.redirect {
		text = decode(r, text)
		if ru.addArgs && r.Args != "" {
			sep := "?"
			if ru.hasArgs {
				sep = "&"
			}
			text = r.Concat(text, sep, r.Args)
		}
		if loud {
			tell(r, "rewritten redirect: \"%s\"", text)
		}
		r.Out.Location = text
		return true, httpd.Result(ru.status)
	}
	switch {
	case at < 0:
		if !ru.addArgs {
			r.Args = ""
		}
	case ru.addArgs && r.Args != "":
		r.Args = r.Concat(text[at:], "&", r.Args)
		text = text[:at]
	default:
		text, r.Args = text[:at], text[at:]
	}
	if loud {
		tell(r, "rewritten data: \"%s\", args: \"%s\"", text, r.Args)
	}
	if text == "" {
		r.URI = text
		r.Logf(errlog.Error, "the rewritten URI has a zero length")
		return true, 500
	}
	r.SetURI(text)
	return true, httpd.Declined
}

// decode undoes the escapes of a redirect's path that need not be there, up to
// the arguments.
func decode(r *httpd.Request, s string) string {
	for i := range len(s) {
		if s[i] == '%' {
			b, n := http1.AppendUnescaped(r.Alloc(len(s))[:0], s, http1.UnescapeRedirect)
			return http1.View(append(b, s[n:]...))
		}
		if s[i] == '?' {
			break
		}
	}
	return s
}
