package config

import (
	"net/netip"
	"time"
)

// splitRows are against split brain.
var splitRows = []keyword{
	{name: "heartbeat", in: inInstance, ours: true, body: inHeartbeat, set: do(func(r *reader, w []string) { r.vi.Heartbeat = &Heartbeat{Pos: r.pos} }),
		doc: "A second path for the adverts: a backup that hears the master there does not take over."},
	{name: "interface", in: inHeartbeat, ours: true, need: 1, args: "IF", set: do(heartbeatInterface), doc: "The interface of the second path."},
	{name: "peer", in: inHeartbeat, ours: true, need: 1, args: "IP [IP ...]", set: do(func(r *reader, w []string) {
		for _, text := range w[1:] {
			if a, ok := addr(text); ok && !a.IsMulticast() {
				r.vi.Heartbeat.Peers = append(r.vi.Heartbeat.Peers, a)
			} else {
				r.err("(%s) malformed heartbeat peer %s - ignoring", r.vi.Name, text)
			}
		}
	}), doc: "The other machines' addresses there."},
	{name: "source", in: inHeartbeat, ours: true, need: 1, args: "IP", def: "the interface's first", set: do(func(r *reader, w []string) {
		if a, ok := addr(w[1]); ok {
			r.vi.Heartbeat.Source = a
		} else {
			r.err("(%s) malformed heartbeat source %s - ignoring", r.vi.Name, w[1])
		}
	}), doc: "Our own address there."},
	{name: "interval", in: inHeartbeat, ours: true, need: 1, args: "SECONDS", def: "advert_int", set: do(func(r *reader, w []string) {
		if d, ok := r.seconds(w[1], 10*time.Millisecond, 255*time.Second, firm); ok {
			r.vi.Heartbeat.Interval = d
		}
	}), doc: "Time between adverts on the second path; all machines need the same."},

	{name: "tie_break", in: inInstance, ours: true, body: inTieBreak, set: do(func(r *reader, w []string) {
		r.vi.TieBreak = &TieBreak{Timeout: 500 * time.Millisecond, Count: 3, Pos: r.pos}
	}), doc: "A backup takes over only while it reaches the network itself."},
	{name: "ping", in: inTieBreak, ours: true, need: 1, args: "IP [IP ...]", set: do(pings), doc: "Addresses of which one must answer, such as the router's."},
	{name: "script", in: inTieBreak, ours: true, need: 1, args: "CMD [USER [GROUP]]", set: do(func(r *reader, w []string) {
		if c, ok := r.notify("tie_break"); ok {
			r.vi.TieBreak.Command = c
		}
	}), doc: "A program that succeeds while the network is reached; or an address must answer, when there are some, too."},
	{name: "timeout", in: inTieBreak, ours: true, need: 1, args: "SECONDS", def: "0.5", set: do(func(r *reader, w []string) {
		if d, ok := r.seconds(w[1], 10*time.Millisecond, time.Minute, firm); ok {
			r.vi.TieBreak.Timeout = d
		}
	}), doc: "How long answers are waited for."},
	{name: "count", in: inTieBreak, ours: true, need: 1, args: "1..20", def: "3", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 1, 20, hard); ok {
			r.vi.TieBreak.Count = int(n)
		}
	}), doc: "How many echo requests each address gets in that time."},
}

func heartbeatInterface(r *reader, w []string) {
	i, found := r.host.Interface(w[1])
	switch {
	case len(w[1]) > maxIfName:
		r.err("Interface name '%s' too long - ignoring", w[1])
		return
	case i.Loopback:
		r.err("(%s) cannot use a loopback interface (%s) for heartbeat - ignoring", r.vi.Name, w[1])
		return
	case !found:
		r.err("WARNING - interface %s for heartbeat of vrrp_instance %s doesn't exist", w[1], r.vi.Name)
	}
	r.vi.Heartbeat.Interface = w[1]
}

// maxPings bounds what is sent at once.
const maxPings = 16

func pings(r *reader, w []string) {
	t := r.vi.TieBreak
	for _, text := range w[1:] {
		a, err := netip.ParseAddr(text) // one that is link-local needs its zone
		switch {
		case err != nil || a.Is4In6() || a.IsMulticast() || a.IsUnspecified():
			r.err("(%s) malformed tie_break address %s - ignoring", r.vi.Name, text)
		case len(t.Ping) == maxPings:
			r.err("(%s) tie_break has more than %d addresses - ignoring %s", r.vi.Name, maxPings, text)
		default:
			t.Ping = append(t.Ping, a)
		}
	}
}
