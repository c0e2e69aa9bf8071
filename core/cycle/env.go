package cycle

import (
	"os"
	"slices"
	"strings"
)

// environ is what the program was started with; a single process changes its own
// environment later.
var environ = os.Environ()

// Environment is what processes that serve, and new binaries, are given: what the
// env directives name, and TZ (ngx_set_environment).
func (c *Cycle) Environment() []string {
	wanted := c.Core.Env
	if !slices.ContainsFunc(wanted, func(e string) bool { return e == "TZ" || strings.HasPrefix(e, "TZ=") }) {
		wanted = append(slices.Clone(wanted), "TZ")
	}
	env := []string{}
	for _, e := range wanted {
		if strings.Contains(e, "=") {
			env = append(env, e)
			continue
		}
		for _, have := range environ {
			if strings.HasPrefix(have, e+"=") {
				env = append(env, have)
				break
			}
		}
	}
	return env
}
