package config

import "time"

var garpRows = []keyword{
	{name: "garp_interval", in: inGARPGroup, need: 1, args: "SECONDS", def: "0", set: do(func(r *reader, w []string) {
		if d, ok := r.gap("garp_group garp_interval", "garp_interval", w[1]); ok {
			r.garp.Interval, r.garpSet = d, true
		}
	}), doc: "Time between two gratuitous ARPs."},
	{name: "gna_interval", in: inGARPGroup, need: 1, args: "SECONDS", def: "0", set: do(func(r *reader, w []string) {
		if d, ok := r.gap("garp_group gna_interval", "gna_interval", w[1]); ok {
			r.garp.GNAInterval, r.garpSet = d, true
		}
	}), doc: "Time between two neighbour advertisements."},
	{name: "interface", in: inGARPGroup, need: 1, args: "IF", set: do(func(r *reader, w []string) { r.garpInterface(w[1]) }), doc: "An interface that this holds for."},
	{name: "interfaces", in: inGARPGroup, body: lines, args: "names of interfaces", set: do(func(r *reader, w []string) {
		for _, name := range r.words() {
			r.garpInterface(name)
		}
	}), doc: "Interfaces that share the gaps."},
}

// gap reads a time between two packets.
func (r *reader) gap(what, short, text string) (time.Duration, bool) {
	d, ok := r.seconds(text, 0, 4294*time.Second, soft)
	switch {
	case !ok:
		r.err("%s '%s' invalid", what, text)
	case d >= time.Second:
		r.log("The %s is very large - %s seconds", short, text)
	}
	return d, ok
}

func (r *reader) garpInterface(name string) {
	if _, ok := r.host.Interface(name); !ok {
		r.absent(name, "WARNING - interface %s specified for garp_group doesn't exist", name)
		return
	}
	for _, g := range append(r.config.GARPGroups, r.garp) {
		for _, have := range g.Interfaces {
			if have == name {
				r.err("garp_group already specified for %s - ignoring", name)
				return
			}
		}
	}
	r.garp.Interfaces = append(r.garp.Interfaces, name)
}

func beginGARP(r *reader, w []string) {
	r.garp, r.garpSet = &GARPGroup{}, false
}

func endGARP(r *reader) {
	if !r.garpSet {
		r.err("garp group %d does not have any delay set - removing", len(r.config.GARPGroups))
		return
	}
	r.config.GARPGroups = append(r.config.GARPGroups, r.garp)
}

// extra tells of words behind the name of a block that takes none.
func (r *reader) extra(w []string) {
	if len(w) > 1 {
		r.err("Block %s has extra parameters %s ...", w[0], w[1])
	}
}

func linkbeat(r *reader, w []string) {
	r.extra(w)
	r.lines(func(w []string) {
		if _, ok := r.host.Interface(w[0]); !ok {
			r.problem(ExitInterface, true, "unknown interface "+w[0]+" specified for linkbeat interface")
			return
		}
		l := Linkbeat{Interface: w[0]}
		switch kind := word(w, 1); {
		case len(w) == 1:
		case len(w) == 2 && (kind == "MII" || kind == "ETHTOOL" || kind == "IOCTL"):
			l.Kind = kind
		default:
			r.err("extra characters %s in linkbeat interface", kind)
		}
		r.config.Linkbeat = append(r.config.Linkbeat, l)
	})
}

func upDown(r *reader, w []string) {
	r.extra(w)
	r.lines(func(w []string) {
		if _, ok := r.host.Interface(w[0]); !ok {
			r.problem(ExitInterface, true, "unknown interface "+w[0]+" specified for up/down delay")
			return
		}
		if len(w) < 2 {
			r.log("No timeouts specified for %s up/down delays", w[0])
			return
		}
		if len(w) > 3 {
			r.log("Too many parameters for %s up/down delays", w[0])
		}
		var d UpDownDelay
		var ok bool
		if d.Down, ok = r.seconds(w[1], 0, 255*time.Second, soft); !ok {
			r.log("Invalid down delay %s for %s", w[1], w[0])
			return
		}
		d.Up = d.Down
		if len(w) > 2 {
			if d.Up, ok = r.seconds(w[2], 0, 255*time.Second, soft); !ok {
				r.log("Invalid up delay %s for %s", w[2], w[0])
				d.Up = d.Down
			}
		}
		r.config.UpDownDelays[w[0]] = d
	})
}
