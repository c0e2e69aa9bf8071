package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"moongate/keepalived/config"
)

// mainTable is RT_TABLE_MAIN, which needs no word.
const mainTable = 254

// line is words with blanks between them.
type line struct{ words []string }

func (l *line) add(format string, args ...any) {
	l.words = append(l.words, fmt.Sprintf(format, args...))
}

// Route shows a route.
func Route(r *config.Route) string {
	l := &line{}
	l.add("prepend")
	if r.Type != "" && r.Type != "unicast" {
		l.add("%s", r.Type)
	}
	l.add("%s", network(r.Dst))
	l.encap(&r.Encap)
	if r.Via.IsValid() {
		l.add("via %s %s", family(r.Via), r.Via)
	}
	if r.Dev != "" {
		l.add("dev %s", r.Dev)
	}
	if r.Table != 0 && r.Table != mainTable {
		l.add("table %d", r.Table)
	}
	if r.TOS != 0 {
		l.add("tos 0x%x", r.TOS)
	}
	l.add("proto %d", pickProto(r.Proto))
	if r.Src.IsValid() {
		l.add("src %s", r.Src)
	}
	if r.Metric != 0 {
		l.add("metric %d", r.Metric)
	}
	l.settings(r)
	l.hops(r)
	if r.NoTrack {
		l.add("no_track")
	}
	if r.TrackGroup != "" {
		l.add("track_group %s", r.TrackGroup)
	}
	return strings.Join(l.words, " ")
}

func roundTrip(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%gms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%gs", d.Seconds())
}

// settings are what a route says beside where it leads.
func (l *line) settings(r *config.Route) {
	if r.OnLink {
		l.add("onlink")
	}
	if r.Realms != 0 {
		l.add("%s", realms("realms", r.Realms))
	}
	if r.Expires != 0 {
		l.add("expires %dsec", r.Expires)
	}
	if r.CongCtl != "" {
		l.add("congctl %s%s", lock(r, "congctl"), r.CongCtl)
	}
	for _, t := range []struct {
		word  string
		value time.Duration
	}{{"rtt", r.RTT}, {"rttvar", r.RTTVar}, {"rto_min", r.RTOMin}} {
		if t.value != 0 {
			l.add("%s %s%s", t.word, lock(r, t.word), roundTrip(t.value))
		}
	}
	if r.ECN {
		l.add("features ecn")
	}
	for _, n := range []struct {
		word  string
		value uint32
	}{
		{"mtu", r.MTU}, {"window", r.Window}, {"ssthresh", r.SSThresh}, {"cwnd", r.CWND}, {"advmss", r.AdvMSS}, {"reordering", r.Reordering},
		{"hoplimit", r.HopLimit}, {"initcwnd", r.InitCWND}, {"initrwnd", r.InitRWND},
	} {
		if n.value != 0 {
			l.add("%s %s%d", n.word, lock(r, n.word), n.value)
		}
	}
	if r.QuickACK != config.Default {
		l.add("quickack %s%d", lock(r, "quickack"), pickInt(r.QuickACK == config.On))
	}
	if r.FastOpenNoCookie != 0 {
		l.add("fastopen_no_cookie %s%d", lock(r, "fastopen_no_cookie"), r.FastOpenNoCookie)
	}
	if r.Pref != "" {
		l.add("pref %s", r.Pref)
	}
}

func lock(r *config.Route, word string) string {
	return pick(slices.Contains(r.Locks, word), "lock ", "")
}

func realms(word string, v uint32) string {
	if v>>16 == 0 {
		return fmt.Sprintf("%s %d", word, v)
	}
	return fmt.Sprintf("%s %d/%d", word, v>>16, v&0xffff)
}

func (l *line) hops(r *config.Route) {
	for i := range r.NextHops {
		n := &r.NextHops[i]
		l.add("nexthop via %s %s", family(n.Via), n.Via)
		if n.Dev != "" {
			l.add("dev %s", n.Dev)
		}
		l.add("weight %d", n.Weight)
		if n.OnLink {
			l.add("onlink")
		}
		if n.Realms != 0 {
			l.add("%s", realms("realm", n.Realms))
		}
		l.encap(&n.Encap)
	}
}

// encap shows what packets are put into.
func (l *line) encap(e *config.Encap) {
	if e.Kind == "" {
		return
	}
	l.add("encap %s", e.Kind)
	if e.ID != 0 {
		l.add("id %d", e.ID)
	}
	if e.Dst.IsValid() {
		l.add("dst %s", e.Dst)
	}
	if e.Src.IsValid() {
		l.add("src %s", e.Src)
	}
	if e.TOS != 0 {
		l.add("%s %d", pick(e.Kind == "ip6", "tc", "tos"), e.TOS)
	}
	if e.TTL != 0 {
		l.add("%s %d", pick(e.Kind == "ip6", "hoplimit", "ttl"), e.TTL)
	}
	switch e.Kind {
	case "mpls":
		var labels []string
		for _, label := range e.Labels {
			labels = append(labels, fmt.Sprint(label))
		}
		l.add("%s", strings.Join(labels, "/"))
	case "ila":
		l.add("%x:%x:%x:%x", e.Locator[0], e.Locator[1], e.Locator[2], e.Locator[3])
	}
}
