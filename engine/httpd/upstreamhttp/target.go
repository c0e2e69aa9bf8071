package upstreamhttp

import (
	"moongate/engine/httpd"
	"moongate/engine/resolver"
	"moongate/engine/upstream"
)

// Target is where a request goes, and how, when that is decided for each request by
// another module than the one that speaks the protocol: what proxy_pass and its kin say
// otherwise. Strings must live as long as the request.
type Target struct {
	Conf   *Conf            // timeouts, tries, buffers, TLS
	Group  *upstream.Group  // nil: Addrs, or else Name is resolved
	Except []*upstream.Peer // of the group, that are not to be asked
	Addrs  []resolver.Address
	Name   string
	Port   uint16
	Secure bool   // TLS
	Host   string // the Host header, where no directive sets it; "" is the peer's own
	URI    string // as it is sent, escaped and with arguments
	Lines  []byte // more lines of the request's header, complete
	// Without are the client's headers that are not passed on, besides those that
	// concern the connection.
	Without *Hidden
	// Stop, if set, ends the request in the place of the client: who asks on behalf of
	// several says when it is over.
	Stop *Stop
	// Redirect rewrites Location and Refresh of the response, where set; ok false leaves them.
	Redirect func(u *Upstream, value string, prefix int) (string, bool)
}

// Pass is a content handler that is told where to go. A module that decides is given one
// by assembly. t may be used again when it returns.
type Pass func(r *httpd.Request, t *Target) httpd.Result
