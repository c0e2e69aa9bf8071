package status

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"moongate/keepalived/config"
)

// page is a dump in the making.
type page struct{ strings.Builder }

// line adds a line. Dumps are read by programs: what is here to the byte is what
// keepalived 2.2.7 writes.
func (p *page) line(format string, args ...any) {
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}

// section begins a part.
func (p *page) section(title string) { p.line("------< %s >------", title) }

func yes(b bool) string     { return pick(b, "yes", "no") }
func truth(b bool) string   { return pick(b, "true", "false") }
func enabled(b bool) string { return pick(b, "enabled", "disabled") }

func pick(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

func secs(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }

// moment is "1796032845.796146 (Mon Nov 30 10:00:45.796146 2026)".
func moment(t time.Time) string {
	if t.IsZero() {
		return "0.000000 (never)"
	}
	return fmt.Sprintf("%d.%06d (%s.%06d %s)", t.Unix(), t.Nanosecond()/1000, t.Format("Mon Jan _2 15:04:05"), t.Nanosecond()/1000, t.Format("2006"))
}

// command shows a script as "'/bin/x' 'arg'".
func command(c *config.Command) string {
	if c.Open {
		return "<" + strings.Join(c.Args, " ")
	}
	return "'" + strings.Join(c.Args, "' '") + "'"
}

// owner is who runs a script.
func owner(c *config.Command) string { return fmt.Sprintf("uid:gid %d:%d", c.UID, c.GID) }

// weights is how a tracker is followed.
func weights(t config.Tracked) string {
	text := fmt.Sprintf("weight %d", t.Weight)
	if t.Reverse {
		text += " reverse"
	}
	return text
}

var scopes = map[uint8]string{0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}

func scope(n uint8) string {
	if s := scopes[n]; s != "" {
		return s
	}
	return fmt.Sprint(n)
}

// Address shows an address that is for dev unless it says otherwise.
func Address(a *config.Address, dev string, set bool) string {
	text := a.Prefix.Addr().String()
	if a.Prefix.Bits() != a.Prefix.Addr().BitLen() {
		text = a.Prefix.String()
	}
	add := func(word string) { text += " " + word }
	if a.Peer.IsValid() {
		add("peer " + a.Peer.String())
	}
	if a.Broadcast.IsValid() {
		add("brd " + a.Broadcast.String())
	}
	if a.Dev != "" && !strings.HasSuffix(dev, "@"+a.Dev) {
		dev = a.Dev
	}
	if dev != "" {
		add("dev " + dev)
	}
	if a.VMAC {
		add("use_vmac")
	}
	add("scope " + scope(a.Scope))
	if a.Label != "" {
		add("label " + a.Label)
	}
	for _, f := range []struct {
		on   bool
		word string
	}{{a.Home, "home"}, {a.NoDAD, "-nodad"}, {a.MngTmpAddr, "mngtmpaddr"}, {a.NoPrefixRoute, "noprefixroute"}, {a.AutoJoin, "autojoin"}} {
		if f.on {
			add(f.word)
		}
	}
	if a.Prefix.Addr().Is6() {
		if a.Preferred == nil {
			add("preferred_lft forever")
		} else {
			add(fmt.Sprintf("preferred_lft %d", int(a.Preferred.Seconds())))
		}
	}
	if a.NoTrack {
		add("no_track")
	}
	if a.TrackGroup != "" {
		add("track_group " + a.TrackGroup)
	}
	if set {
		add("set")
	}
	return text
}

func family(a netip.Addr) string { return pick(a.Is6(), "inet6", "inet") }

// keepalivedProto is RTPROT_KEEPALIVED, which tells whose a route is.
const keepalivedProto = 18

func pickProto(n uint8) uint8 {
	if n == 0 {
		return keepalivedProto
	}
	return n
}

func network(p netip.Prefix) string {
	switch {
	case !p.IsValid() || p.Bits() == 0:
		return "default"
	case p.Bits() == p.Addr().BitLen():
		return p.Addr().String()
	}
	return p.String()
}

// Rule shows a rule.
func Rule(r *config.Rule) string {
	var w []string
	add := func(word string, args ...any) { w = append(w, fmt.Sprintf(word, args...)) }
	if r.Not {
		add("not")
	}
	if r.From.IsValid() {
		add("from %s", network(r.From))
	}
	if r.To.IsValid() {
		add("to %s", network(r.To))
	}
	if r.Priority != nil {
		add("priority %d", *r.Priority)
	}
	add("tos 0x%x", r.TOS)
	if r.FwMark != 0 || r.FwMask != 0 {
		add("fwmark 0x%x/0x%x", r.FwMark, r.FwMask)
	}
	if r.IIF != "" {
		add("iif %s", r.IIF)
	}
	if r.OIF != "" {
		add("oif %s", r.OIF)
	}
	add("protocol %d", keepalivedProto)
	switch r.Action {
	case "", "lookup", "table":
		add("lookup %d", r.Table)
	case "goto":
		add("goto %d", r.Goto)
	default:
		add("%s", r.Action)
	}
	if r.NoTrack {
		add("no_track")
	}
	if r.TrackGroup != "" {
		add("track_group %s", r.TrackGroup)
	}
	return strings.Join(w, " ")
}
