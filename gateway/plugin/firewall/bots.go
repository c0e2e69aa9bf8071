package firewall

import (
	"fmt"
	"regexp"
	"strings"

	"moongate/edge/wire/http1"
)

// bots judges by the User-Agent. Nobody has to tell the truth there: this keeps out those
// who don't bother to lie, and with verify those who lie too much.
type bots struct {
	allow, deny      []*regexp.Regexp
	scanners, verify bool
}

func newBots(c *botsConf) (*bots, error) {
	b := &bots{scanners: c.Scanners, verify: c.Verify}
	for _, l := range []struct {
		name string
		from []string
		to   *[]*regexp.Regexp
	}{{"allow", c.Allow, &b.allow}, {"deny", c.Deny, &b.deny}} {
		for _, s := range l.from {
			re, err := regexp.Compile(s)
			if err != nil {
				return nil, fmt.Errorf("bots.%s: %w", l.name, err)
			}
			*l.to = append(*l.to, re)
		}
	}
	return b, nil
}

// judge says why a request is a bad bot's, or "". Where only the DNS can tell, it gives the
// search engine that it says to be of.
func (b *bots) judge(q *asked) (why string, claims *crawler) {
	for k := range q.headers {
		h := &q.headers[k]
		if !http1.EqualFold(h.Name, "User-Agent") || oneOf(b.allow, h.Value) {
			continue
		}
		if oneOf(b.deny, h.Value) {
			return "the User-Agent is denied", nil
		}
		low := strings.ToLower(h.Value)
		if b.scanners {
			for _, s := range scanners {
				if strings.Contains(low, s) {
					return "the User-Agent is that of the scanner " + s, nil
				}
			}
		}
		for c := range crawlers {
			if b.verify && strings.Contains(low, crawlers[c].says) {
				claims = &crawlers[c]
			}
		}
	}
	return "", claims
}

func oneOf(list []*regexp.Regexp, s string) bool {
	for _, re := range list {
		if re.MatchString(s) {
			return true
		}
	}
	return false
}

// scanners say who they are unless they are told not to.
var scanners = []string{
	"acunetix", "arachni", "bsqlbf", "cmsmap", "commix", "crowdsec-scanner", "dirbuster", "droopescan", "feroxbuster", "fuzz faster u fool",
	"gobuster", "grendel-scan", "havij", "httprint", "jaeles", "joomscan", "jorgee", "masscan", "morfeus", "nessus", "netsparker", "invicti",
	"nikto", "nmap scripting engine", "nuclei", "openvas", "paros/", "pmafind", "skipfish", "sqlmap", "sqlninja", "thc-hydra", "vega/", "w3af",
	"webinspect", "webshag", "wfuzz", "whatweb", "wpscan", "xsser", "zgrab", "zmeu",
}

// crawler is a search engine's bot, and the names that the addresses of it have.
type crawler struct {
	says  string
	names []string
}

// crawlers are those whose operators tell to verify them by the names of their addresses.
var crawlers = []crawler{
	{"googlebot", []string{".googlebot.com", ".google.com"}},
	{"bingbot", []string{".search.msn.com"}},
	{"baiduspider", []string{".baidu.com", ".baidu.jp"}},
	{"yandexbot", []string{".yandex.ru", ".yandex.net", ".yandex.com"}},
	{"applebot", []string{".applebot.apple.com"}},
	{"petalbot", []string{".petalsearch.com"}},
	{"sogou web spider", []string{".sogou.com"}},
	{"yahoo! slurp", []string{".crawl.yahoo.net"}},
}

func (c *crawler) has(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for _, s := range c.names {
		if strings.HasSuffix(name, s) {
			return true
		}
	}
	return false
}
