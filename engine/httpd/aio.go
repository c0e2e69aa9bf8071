package httpd

import (
	"strings"

	"moongate/core/config/directive"
)

// parseDirectIO is ngx_http_core_directio.
func parseDirectIO(c *directive.Call) (string, error) {
	text := c.Args[0]
	if _, ok := directive.ParseOffset(text); !ok && text != "off" {
		return "", directive.Reason("invalid value")
	}
	return text, nil
}

// parseAIO is ngx_http_core_set_aio on Linux. Pools may be declared behind their
// use, so that those are looked for when all has been read.
func parseAIO(c *directive.Call) (string, error) {
	text := c.Args[0]
	switch pool, named := strings.CutPrefix(text, "threads="); {
	case text == "on": // kernels have it, but files are read by threads here
	case text == "off", text == "threads":
	case named:
		v, err := CompileArg(c, pool)
		if err != nil {
			return "", err
		}
		if v.Literal() {
			BuilderOf(c).Cycle.UseThreadPool(pool, c.Pos())
		}
	default:
		return "", directive.Reason("invalid value")
	}
	return text, nil
}
