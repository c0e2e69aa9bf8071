package check

import (
	"fmt"
	"strconv"

	"moongate/keepalived/config"
)

// Env is what checks need besides their own settings.
type Env struct {
	Config *config.Config
	TLS    *TLS
	Files  *Files
	Weight int // of the real server, as it is configured
}

func newKind(c *config.Checker, n Names, env *Env) (kind, error) {
	switch c.Kind {
	case "TCP_CHECK":
		return &tcp{c: c, Names: n}, nil
	case "HTTP_GET", "SSL_GET":
		return newWeb(c, n, env)
	case "SMTP_CHECK":
		return newSMTP(c, n), nil
	case "DNS_CHECK":
		return &name{c: c, Names: n}, nil
	case "UDP_CHECK":
		return newUDP(c, n), nil
	case "PING_CHECK":
		return &ping{c: c, Names: n}, nil
	case "MISC_CHECK":
		return &misc{c: c, weight: env.Weight, Names: n}, nil
	case "FILE_CHECK":
		return newFile(c, n, env)
	case "BFD_CHECK":
		return &session{c: c, Names: n}, nil
	}
	return nil, fmt.Errorf("unknown checker %s", c.Kind)
}

func itoa(n int) string { return strconv.Itoa(n) }
