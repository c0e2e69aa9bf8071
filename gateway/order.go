package gateway

import (
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/concurrencylimiting"
	"moongate/gateway/plugin/correlationid"
	"moongate/gateway/plugin/cors"
	"moongate/gateway/plugin/mock"
	"moongate/gateway/plugin/ratelimiting"
	"moongate/gateway/plugin/redirect"
	"moongate/gateway/plugin/requestsizelimiting"
	"moongate/gateway/plugin/requesttermination"
	"moongate/gateway/plugin/requesttransformer"
	"moongate/gateway/plugin/responsetransformer"
)

// plugins run in this order, which is Kong's; beside each stands Kong's priority. Where
// order matters: who asks is found out first, then whether they may, then how often, then
// the request is changed.
func plugins() []*plugin.Plugin {
	return []*plugin.Plugin{
		&correlationid.Plugin,       // 100001
		&cors.Plugin,                // 2000
		&requestsizelimiting.Plugin, // 951
		&ratelimiting.Plugin,        // 910
		&concurrencylimiting.Plugin, // ours
		&requesttransformer.Plugin,  // 801
		&responsetransformer.Plugin, // 800
		&redirect.Plugin,            // 779
		&requesttermination.Plugin,  // 2
		&mock.Plugin,                // ours
	}
}
