package browser

import (
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// browser is how one is found in a User-Agent: the text stands at skip or behind
// it, and add bytes from its beginning on the version.
type browser struct {
	name string
	skip int
	add  int
	text string
}

// kinds are in the order in which they are looked for.
var kinds = []browser{
	{"opera", 0, len("Opera "), "Opera"},
	{"msie", len("Mozilla/4.0 (compatible; "), len("MSIE "), "MSIE "},
	{"gecko", len("Mozilla/5.0 ("), len("rv:"), "rv:"},
	{"safari", len("Mozilla/5.0 ("), len("Safari/"), "Safari/"},
	{"konqueror", len("Mozilla/5.0 (compatible; "), len("Konqueror/"), "Konqueror/"},
}

// opera is its place in kinds.
const opera = 0

// parseVersion reads "1.2.3" as 1020300, two digits for each part but the first,
// and tells how many bytes it has read. It may stop early once the version is
// above more, if that is not 0.
func parseVersion(s string, more uint64) (v uint64, n int) {
	part, scale := uint64(0), uint64(1000000)
	for n = 0; n < len(s); n++ {
		c := s[n]
		if c >= '0' && c <= '9' {
			part = part*10 + uint64(c-'0')
			continue
		}
		if c != '.' {
			break
		}
		v += part * scale
		if more != 0 && v > more {
			return v, n
		}
		part = 0
		scale /= 100
	}
	return v + part*scale, n
}

// isModern is ngx_http_browser.
func (cf *conf) isModern(agent string, ok bool) bool {
	if !ok {
		return cf.unlisted
	}
	for _, m := range cf.modern {
		k := &kinds[m.kind]
		if k.skip >= len(agent) {
			continue
		}
		at := strings.Index(agent[k.skip:], k.text)
		if at < 0 || k.skip+at+k.add >= len(agent) {
			continue
		}
		v, _ := parseVersion(agent[k.skip+at+k.add:], m.from)
		return v >= m.from
	}
	if len(cf.modern) > 0 && !cf.unlisted {
		return false
	}
	if cf.netscape4 && len(agent) > len("Mozilla/4.72 ") && strings.HasPrefix(agent, "Mozilla/") && agent[8] > '0' && agent[8] < '5' {
		return false
	}
	for _, name := range cf.ancient {
		if strings.Contains(agent, name) {
			return false
		}
	}
	return cf.unlisted
}

func value(r *httpd.Request, modern bool) string {
	cf := httpd.Conf[conf](r, Module)
	agent, ok := r.In.Known(http1.UserAgent)
	switch {
	case cf.isModern(agent, ok) != modern:
		return ""
	case modern:
		return cf.modernValue.V
	}
	return cf.ancientValue.V
}

func varMSIE(r *httpd.Request) (string, bool) {
	agent, _ := r.In.Known(http1.UserAgent)
	if http1.ParseAgent(agent)&http1.AgentMSIE != 0 {
		return "1", true
	}
	return "", true
}
