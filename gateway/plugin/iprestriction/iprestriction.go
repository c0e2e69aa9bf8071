package iprestriction

import (
	"cmp"
	"net/netip"

	"moongate/core/errlog"
	"moongate/gateway/plugin"
)

type instance struct {
	Allow   []string `json:"allow"`
	Deny    []string `json:"deny"`
	Status  int      `json:"status"`
	Message string   `json:"message"`

	allow, deny ranges
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	addr := x.R.Conn.RemoteAddr().Addr()
	if !addr.IsValid() {
		return i.refuse(x, 403, "Cannot identify the client IP address, unix domain sockets are not supported.")
	}
	if i.barred(addr) {
		message := i.Message
		if message == "" {
			message = "IP address not allowed: " + x.R.RemoteAddrText()
		}
		return i.refuse(x, cmp.Or(i.Status, 403), message)
	}
	return plugin.Next
}

func (i *instance) refuse(x *plugin.Context, status int, message string) plugin.Result {
	x.R.Logf(errlog.Warn, "gateway: %s", message)
	return x.Answer(status, message)
}

// barred tells whether an address is kept out.
func (i *instance) barred(addr netip.Addr) bool {
	return i.deny.have(addr) || len(i.allow) > 0 && !i.allow.have(addr)
}

// Tell implements plugin.Tells.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	if i.barred(q.Client) {
		return plugin.Told{Status: cmp.Or(i.Status, 403), State: "refuses", Why: q.Client.String() + " is not let in"}
	}
	return plugin.Told{State: "lets pass"}
}
