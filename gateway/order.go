package gateway

import (
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/ratelimiting"
	"moongate/gateway/plugin/requesttermination"
)

// plugins run in this order. Where order matters: who asks is found out first, then
// whether they may, then how often, then the request is changed.
func plugins() []*plugin.Plugin {
	return []*plugin.Plugin{
		&ratelimiting.Plugin,
		&requesttermination.Plugin,
	}
}
