package gateway

import (
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/acl"
	"moongate/gateway/plugin/aggregation"
	"moongate/gateway/plugin/basicauth"
	"moongate/gateway/plugin/bodytransformer"
	"moongate/gateway/plugin/circuitbreaker"
	"moongate/gateway/plugin/concurrencylimiting"
	"moongate/gateway/plugin/correlationid"
	"moongate/gateway/plugin/cors"
	"moongate/gateway/plugin/faultinjection"
	"moongate/gateway/plugin/fieldshaping"
	"moongate/gateway/plugin/filelog"
	"moongate/gateway/plugin/firewall"
	"moongate/gateway/plugin/forwardauth"
	"moongate/gateway/plugin/grpcweb"
	"moongate/gateway/plugin/hmacauth"
	"moongate/gateway/plugin/httplog"
	"moongate/gateway/plugin/iprestriction"
	"moongate/gateway/plugin/jwt"
	"moongate/gateway/plugin/kafkalog"
	"moongate/gateway/plugin/keyauth"
	"moongate/gateway/plugin/mirror"
	"moongate/gateway/plugin/mock"
	"moongate/gateway/plugin/mtlsauth"
	"moongate/gateway/plugin/oauth2introspection"
	"moongate/gateway/plugin/openidconnect"
	"moongate/gateway/plugin/opentelemetry"
	"moongate/gateway/plugin/prometheus"
	"moongate/gateway/plugin/proxycache"
	"moongate/gateway/plugin/ratelimiting"
	"moongate/gateway/plugin/redirect"
	"moongate/gateway/plugin/requestsizelimiting"
	"moongate/gateway/plugin/requesttermination"
	"moongate/gateway/plugin/requesttransformer"
	"moongate/gateway/plugin/responsetransformer"
	"moongate/gateway/plugin/retry"
	"moongate/gateway/plugin/rewrite"
	"moongate/gateway/plugin/session"
	"moongate/gateway/plugin/syslog"
	"moongate/gateway/plugin/tcplog"
	"moongate/gateway/plugin/udplog"
)

// plugins run in this order, which is Kong's; beside each stands Kong's priority. Where
// order matters: who asks is found out first, then whether they may, then how often, then
// the request is changed.
func plugins() []*plugin.Plugin {
	return []*plugin.Plugin{
		&opentelemetry.Plugin,       // ours: Kong's is 14, and its core begins the trace
		&correlationid.Plugin,       // 100001
		&cors.Plugin,                // 2000
		&session.Plugin,             // 1900
		&oauth2introspection.Plugin, // 1700
		&mtlsauth.Plugin,            // 1600
		&jwt.Plugin,                 // 1450
		&keyauth.Plugin,             // 1250
		&basicauth.Plugin,           // 1100
		&openidconnect.Plugin,       // 1050
		&hmacauth.Plugin,            // 1030
		&iprestriction.Plugin,       // 990
		&requestsizelimiting.Plugin, // 951
		&acl.Plugin,                 // 950
		&firewall.Plugin,            // ours
		&forwardauth.Plugin,         // ours
		&ratelimiting.Plugin,        // 910
		&concurrencylimiting.Plugin, // ours
		&circuitbreaker.Plugin,      // ours
		&requesttransformer.Plugin,  // 801
		&responsetransformer.Plugin, // 800
		&bodytransformer.Plugin,     // ours
		&fieldshaping.Plugin,        // ours
		&redirect.Plugin,            // 779
		&rewrite.Plugin,             // ours
		&retry.Plugin,               // ours
		&aggregation.Plugin,         // ours
		&mirror.Plugin,              // ours
		&proxycache.Plugin,          // 100
		&faultinjection.Plugin,      // ours
		&prometheus.Plugin,          // 13
		&httplog.Plugin,             // 12
		&filelog.Plugin,             // 9
		&udplog.Plugin,              // 8
		&tcplog.Plugin,              // 7
		&kafkalog.Plugin,            // 5
		&syslog.Plugin,              // 4
		&grpcweb.Plugin,             // 3
		&requesttermination.Plugin,  // 2
		&mock.Plugin,                // ours
	}
}
