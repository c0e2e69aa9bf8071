// Package assembly is the one list of what the program is made of, in running
// order. Only cmd and tests import it.
package assembly

import (
	"moongate/core/cycle"
	"moongate/engine/httpd"
	"moongate/engine/zone"
	"moongate/gateway"
	"moongate/keepalived"
	"moongate/lua"
	"moongate/module/http/access"
	"moongate/module/http/addition"
	"moongate/module/http/authbasic"
	"moongate/module/http/authrequest"
	"moongate/module/http/autoindex"
	"moongate/module/http/browser"
	"moongate/module/http/charset"
	"moongate/module/http/dav"
	"moongate/module/http/echo"
	"moongate/module/http/emptygif"
	"moongate/module/http/geo"
	"moongate/module/http/grpc"
	"moongate/module/http/gunzip"
	"moongate/module/http/gzip"
	"moongate/module/http/gzipstatic"
	"moongate/module/http/headers"
	"moongate/module/http/headersmore"
	"moongate/module/http/index"
	"moongate/module/http/limitconn"
	"moongate/module/http/limitreq"
	"moongate/module/http/log"
	"moongate/module/http/map"
	"moongate/module/http/memc"
	"moongate/module/http/memcached"
	"moongate/module/http/mirror"
	"moongate/module/http/notmodified"
	"moongate/module/http/proxy"
	"moongate/module/http/randomindex"
	"moongate/module/http/rangefilter"
	"moongate/module/http/realip"
	"moongate/module/http/referer"
	"moongate/module/http/rewrite"
	"moongate/module/http/securelink"
	"moongate/module/http/setmisc"
	"moongate/module/http/slice"
	"moongate/module/http/splitclients"
	"moongate/module/http/ssl"
	"moongate/module/http/static"
	"moongate/module/http/stubstatus"
	"moongate/module/http/sub"
	"moongate/module/http/tryfiles"
	"moongate/module/http/upstream"
	"moongate/module/http/userid"
	"moongate/web"
)

// httpModules run in this order: handlers of one phase, and filters, first to
// last. The engine's own core module comes before all of them. nginx's order
// is the reverse of auto/modules, since it pushes handlers and filters in
// front of each other.
func httpModules() []*httpd.Module {
	return []*httpd.Module{
		realip.Module,  // the client's address comes before all that looks at it
		rewrite.Module, // rewrite phases; Lua comes behind it
		setmisc.Module, // steps of rewrite's program
		httpmap.Module, // variables
		geo.Module,
		splitclients.Module, // variables: their place does not matter
		browser.Module,
		referer.Module,
		securelink.Module,
		ssl.Module,      // handshakes and $ssl_*
		upstream.Module, // upstream{} and what balances in it
		limitreq.Module, // preaccess
		limitconn.Module,
		access.Module, // access: addresses first, then passwords, then subrequests
		authbasic.Module,
		authrequest.Module,
		// The gateway's plugins come behind what nginx.conf asks; Lua sees its decisions.
		gateway.With(gateway.Passer{Pass: proxy.PassTo, GRPC: grpc.PassTo, Conf: proxy.ConfOf, Dashboard: web.Files()}),
		tryfiles.Module, // precontent
		mirror.Module,
		slice.Module, // header filters, first to last
		notmodified.Module,
		echo.Module,
		headersmore.Module, // behind rewrite, in front of Lua, in rewrite as in the header filters
		lua.Module,         // Lua sees the header before add_header; its handlers are the last of rewrite and access
		headers.Module,
		userid.Module,
		gunzip.Module,
		addition.Module,
		sub.Module,
		charset.Module,
		gzip.Module,
		rangefilter.Module, // ranges are of what is sent
		stubstatus.Module,  // content handlers of locations
		emptygif.Module,
		proxy.Module,
		grpc.Module,
		memcached.Module,
		memc.Module,
		randomindex.Module, // content phase
		index.Module,
		autoindex.Module,
		dav.Module,
		gzipstatic.Module,
		static.Module,
		log.Module, // log phase: Lua's log_by comes before
	}
}

// Parts are the engines with their modules.
func Parts() []cycle.Part {
	return []cycle.Part{httpd.New(httpModules()...).Part(), keepalived.Part(Keepalived)}
}

// Program is all that cmd runs.
func Program() *cycle.Program {
	return &cycle.Program{Parts: Parts(), NewMemory: zone.NewGeneration}
}
