package http1

import "strings"

// Agent says which of the browsers a User-Agent names are ones nginx treats specially (keepalive_disable, msie_padding,
// msie_refresh, gzip_disable, ancient_browser).
type Agent uint8

const (
	AgentMSIE Agent = 1 << iota
	AgentMSIE6
	AgentOpera
	AgentGecko
	AgentChrome
	AgentSafari
	AgentKonqueror
)

// ParseAgent looks through one User-Agent header (ngx_http_process_user_agent). It costs some searches through the value: ask
// when you need to know.
func ParseAgent(ua string) Agent {
	var a Agent
	if i := strings.Index(ua, "MSIE "); i >= 0 && i+7 < len(ua) {
		a = AgentMSIE
		if ua[i+6] == '.' {
			switch ua[i+5] {
			case '4', '5':
				a |= AgentMSIE6
			case '6':
				if !strings.Contains(ua[i+8:], "SV1") {
					a |= AgentMSIE6
				}
			}
		}
	}
	if strings.Contains(ua, "Opera") {
		return AgentOpera
	}
	switch {
	case a != 0:
		return a
	case strings.Contains(ua, "Gecko/"):
		return AgentGecko
	case strings.Contains(ua, "Chrome/"):
		return AgentChrome
	case strings.Contains(ua, "Safari/") && strings.Contains(ua, "Mac OS X"):
		return AgentSafari
	case strings.Contains(ua, "Konqueror"):
		return AgentKonqueror
	}
	return 0
}
