package cycle

import (
	"net/netip"
	"time"

	"moongate/core/config/directive"
	"moongate/edge/sys/host"
)

// Events is what the events block says.
type Events struct {
	Connections      directive.Value[int]
	Use              directive.Value[string]
	MultiAccept      directive.Value[bool]
	AcceptMutex      directive.Value[bool]
	AcceptMutexDelay directive.Value[time.Duration]
	EpollEvents      directive.Value[int]
	AIORequests      directive.Value[int]
	DebugConnections DebugConnections

	present bool
}

var eventsDirectives = []directive.Directive{
	{
		Name: "worker_connections", Syntax: "number", Default: "512", In: directive.Events, Args: directive.Take1,
		Set: directive.Parsed(func(e *Events) *directive.Value[int] { return &e.Connections }, parseConnections),
		Doc: "How many connections a worker may have open, those to upstreams included.",
	}, {
		Name: "use", Syntax: "method", Default: "epoll", In: directive.Events, Args: directive.Take1,
		Set: directive.Parsed(func(e *Events) *directive.Value[string] { return &e.Use }, parseUse),
		Doc: "Method of waiting for events. There is one, epoll; poll and select are accepted and mean it.",
	}, {
		Name: "multi_accept", Syntax: "on | off", Default: "off", In: directive.Events, Args: directive.FlagArg,
		Set: directive.Flag(func(e *Events) *directive.Value[bool] { return &e.MultiAccept }),
		Doc: "Whether a worker accepts all waiting connections at once, or one at a time.",
	}, {
		Name: "accept_mutex", Syntax: "on | off", Default: "off", In: directive.Events, Args: directive.FlagArg,
		Set:  directive.Flag(func(e *Events) *directive.Value[bool] { return &e.AcceptMutex }),
		Idle: "the kernel shares connections out among workers", Doc: "Accepted for compatibility (EPOLLEXCLUSIVE).",
	}, {
		Name: "accept_mutex_delay", Syntax: "time", Default: "500ms", In: directive.Events, Args: directive.Take1,
		Set:  directive.Msec(func(e *Events) *directive.Value[time.Duration] { return &e.AcceptMutexDelay }),
		Idle: "there is no accept mutex", Doc: "Accepted for compatibility, like accept_mutex.",
	}, {
		Name: "epoll_events", Syntax: "number", Default: "512", In: directive.Events, Args: directive.Take1,
		Set:  directive.Int(func(e *Events) *directive.Value[int] { return &e.EpollEvents }),
		Idle: "the batch of events has a fixed size", Doc: "Accepted for compatibility.",
	}, {
		Name: "worker_aio_requests", Syntax: "number", Default: "32", In: directive.Events, Args: directive.Take1, Since: "1.1.4",
		Set:  directive.Int(func(e *Events) *directive.Value[int] { return &e.AIORequests }),
		Idle: "files are read by threads of the runtime", Doc: "Accepted for compatibility.",
	}, {
		Name: "debug_connection", Syntax: "address | CIDR | unix:", In: directive.Events, Args: directive.Take1,
		Set: directive.Func(addDebugConnection),
		Doc: "Writes the debug log for connections from these clients.",
	},
}

// readEvents is ngx_events_block.
func readEvents(call *directive.Call, _ *Core) error {
	b := BuilderOf(call)
	if b.Events.present {
		return directive.Duplicate
	}
	b.Events.present = true
	b.ModulesUsed()
	return call.Walk(call.Node.Body, directive.Events, call.Scope)
}

func parseConnections(call *directive.Call) (int, error) {
	n, ok := directive.ParseInt(call.Args[0])
	if !ok {
		return 0, directive.Errorf(`invalid number "%s"`, call.Args[0])
	}
	return n, nil
}

func parseUse(call *directive.Call) (string, error) {
	switch method := call.Args[0]; method {
	case "epoll", "poll", "select":
		return method, nil
	default:
		return "", directive.Errorf(`invalid event type "%s"`, method)
	}
}

// DebugConnections are the clients whose connections are logged at debug level.
type DebugConnections struct {
	nets []netip.Prefix
	unix bool
}

// Match tells whether a client is one of them; the zero address stands for a
// client on a unix socket.
func (d *DebugConnections) Match(client netip.Addr) bool {
	if len(d.nets) == 0 && !d.unix {
		return false
	}
	if !client.IsValid() {
		return d.unix
	}
	client = client.Unmap()
	for _, n := range d.nets {
		if n.Contains(client) {
			return true
		}
	}
	return false
}

// addDebugConnection is ngx_event_debug_connection.
func addDebugConnection(call *directive.Call, e *Events) error {
	d, text := &e.DebugConnections, call.Args[0]
	if text == "unix:" {
		d.unix = true
		return nil
	}
	if p, masked, ok := host.ParseNetwork(text); ok {
		if masked {
			call.Warn("low address bits of %s are meaningless", text)
		}
		d.nets = append(d.nets, p)
		return nil
	}
	found, err := host.Lookup(text)
	if err != nil {
		return directive.Errorf(`host not found in debug_connection "%s"`, text)
	}
	for _, a := range found {
		d.nets = append(d.nets, netip.PrefixFrom(a, a.BitLen()))
	}
	return nil
}
