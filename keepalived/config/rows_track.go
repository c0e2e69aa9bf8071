package config

import "strings"

// trackRows are what an instance or a group follows.
var trackRows = []keyword{
	{name: "track_interface", in: inInstance | inGroup, body: lines, args: "lines of IF [weight W] [reverse]", set: tracks(interfaceWords, func(t *tracked) *[]Tracked { return t.interfaces }), doc: "Interfaces that must be up."},
	{name: "track_script", in: inInstance | inGroup, body: lines, args: "lines of NAME [weight W] [reverse|noreverse]", set: tracks(scriptWords, func(t *tracked) *[]Tracked { return t.scripts }), doc: "Scripts that must succeed."},
	{name: "track_process", in: inInstance | inGroup, body: lines, args: "lines of NAME [weight W] [reverse|noreverse]", set: tracks(processWords, func(t *tracked) *[]Tracked { return t.processes }), doc: "Processes that must run."},
	{name: "track_file", in: inInstance | inGroup, body: lines, args: "lines of NAME [weight W] [reverse|noreverse]", set: tracks(fileWords, func(t *tracked) *[]Tracked { return t.files }), doc: "Files whose number is added to the priority."},
	{name: "track_bfd", in: inInstance | inGroup, body: lines, args: "lines of NAME [weight W] [reverse|noreverse]", set: tracks(bfdWords, func(t *tracked) *[]Tracked { return t.bfds }), doc: "BFD sessions that must be up."},
	{name: "track_gateway", in: inInstance | inGroup, ours: true, body: lines, args: "lines of NAME [weight W] [reverse|noreverse]", set: trackGateway,
		doc: "The web server of the same program, by a root block of that name; empty braces follow it with its defaults."},
}

// tracked are the lists of an instance or a group.
type tracked struct {
	owner                                                *string
	interfaces, scripts, processes, files, bfds, gateway *[]Tracked
}

func (r *reader) tracked() *tracked {
	if r.vi != nil {
		v := r.vi
		return &tracked{&v.Name, &v.TrackInterfaces, &v.TrackScripts, &v.TrackProcesses, &v.TrackFiles, &v.TrackBFDs, &v.TrackGateways}
	}
	g := r.group
	return &tracked{&g.Name, &g.TrackInterfaces, &g.TrackScripts, &g.TrackProcesses, &g.TrackFiles, &g.TrackBFDs, &g.TrackGateways}
}

// trackWords are the texts for a kind of thing to follow. %[1]s is the instance,
// %[2]s the thing, %[3]s the word.
type trackWords struct {
	lost, twice, option, empty, weight, weightOption string
	most                                             int        // for the range of a weight
	narrow                                           bool       // 254 becomes 253
	reverse                                          bool       // also "noreverse"
	how                                              strictness // of the weight
	// find says whether there is such a thing, and what weight it has.
	find func(r *reader, name string) (weight int, reverse, ok bool)
}

var interfaceWords = trackWords{
	lost: "(%[1]s) tracked interface %[2]s doesn't exist", twice: "(%[1]s) duplicate track_interface %[2]s - ignoring",
	option: "(%[1]s) unknown track_interface %[2]s option %[3]s - ignoring", empty: "(%[1]s) weight without value specified for track_interface %[2]s - ignoring",
	weight:       "(%[1]s) weight %[3]s for %[2]s must be between [-253..253] inclusive. Ignoring...",
	weightOption: "(%[1]s) unknown track_interace %[2]s weight option %[3]s - ignoring", most: 254, narrow: true,
	find: func(r *reader, name string) (int, bool, bool) {
		if _, ok := r.host.Interface(name); !ok {
			if r.config.Global.DynamicInterfaces {
				r.absent(name, "")
				return 0, false, true
			}
			r.missingIf = true
			return 0, false, false
		}
		return 0, false, true
	},
}

var scriptWords = trackWords{
	lost: "(%[1]s) track script %[2]s not found, ignoring...", twice: "(%[1]s) duplicate track_script %[2]s - ignoring",
	option: "(%[1]s) unknown track script option %[3]s - ignoring", empty: "(%[1]s) weight without value specified for track script %[2]s - ignoring",
	weight:       "(%[1]s) track script %[2]s: weight must be between [-253..253] inclusive, ignoring...",
	weightOption: "(%[1]s) unknown track_script %[2]s weight option %[3]s - ignoring", most: 254, narrow: true, reverse: true,
	find: func(r *reader, name string) (int, bool, bool) {
		s := named[Script](r.found, "script", name)
		if s == nil {
			return 0, false, false
		}
		s.Tracked = true
		return s.Weight, s.Reverse, true
	},
}

var processWords = trackWords{
	lost: "(%[1]s) track process %[2]s not found, ignoring...", twice: "(%[1]s) duplicate track_process %[2]s - ignoring",
	option: "(%[1]s) unknown track process option %[3]s - ignoring", empty: "(%[1]s) weight without value specified for track process %[2]s - ignoring",
	weight:       "(%[1]s) weight for track process %[2]s must be in [-254..254] inclusive. Ignoring...",
	weightOption: "(%[1]s) unknown track_process %[2]s weight option %[3]s - ignoring", most: 254, reverse: true, how: soft,
	find: func(r *reader, name string) (int, bool, bool) {
		p := named[Process](r.found, "process", name)
		if p == nil {
			return 0, false, false
		}
		p.Tracked = true
		return p.Weight, p.Reverse, true
	},
}

var fileWords = trackWords{
	lost: "(%[1]s) track file %[2]s not found, ignoring...", twice: "(%[1]s) duplicate track_file %[2]s - ignoring",
	option: "(%[1]s) unknown track file option %[3]s - ignoring", empty: "(%[1]s) weight without value specified for track file %[2]s - ignoring",
	weight:       "(%[1]s) weight for track file %[2]s must be in [-254..254] inclusive. Ignoring...",
	weightOption: "(%[1]s) unknown track file %[2]s weight option %[3]s - ignoring", most: 254, reverse: true,
	find: func(r *reader, name string) (int, bool, bool) {
		f := named[File](r.found, "file", name)
		if f == nil {
			return 0, false, false
		}
		f.Tracked = true
		return f.Weight, f.Reverse, true
	},
}

var bfdWords = trackWords{
	lost: "(%[1]s) track bfd %[2]s not found, ignoring...", twice: "(%[1]s) duplicate track_bfd %[2]s - ignoring",
	option: "(%[1]s) unknown track bfd %[2]s option %[3]s - ignoring", empty: "(%[1]s) weight without value specified for track bfd %[2]s - ignoring",
	weight:       "(%[1]s) weight for track bfd %[2]s must be in [-253..253] inclusive. Ignoring...",
	weightOption: "(%[1]s) unknown track bfd %[2]s weight option %[3]s - ignoring", most: 253, reverse: true, how: soft,
	find: func(r *reader, name string) (int, bool, bool) {
		b := r.known[name]
		if b == nil || !b.VRRP {
			return 0, false, false
		}
		return b.Weight, b.Reverse, true
	},
}

var gatewayWords = trackWords{
	lost: "(%[1]s) track gateway %[2]s not found, ignoring...", twice: "(%[1]s) duplicate track_gateway %[2]s - ignoring",
	option: "(%[1]s) unknown track gateway option %[3]s - ignoring", empty: "(%[1]s) weight without value specified for track gateway %[2]s - ignoring",
	weight:       "(%[1]s) weight for track gateway %[2]s must be in [-253..253] inclusive. Ignoring...",
	weightOption: "(%[1]s) unknown track gateway %[2]s weight option %[3]s - ignoring", most: 253, reverse: true,
	find: func(r *reader, name string) (int, bool, bool) {
		g := named[Gateway](r.found, "gateway", name)
		if g == nil {
			return 0, false, false
		}
		g.Tracked = true
		return g.Weight, g.Reverse, true
	},
}

// tracks reads a block of things to follow.
func tracks(words trackWords, field func(*tracked) *[]Tracked) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		t := r.tracked()
		list := field(t)
		r.lines(func(w []string) {
			if x, ok := r.trackLine(*t.owner, words, *list, w); ok {
				*list = append(*list, x)
			}
		})
	})
}

func (r *reader) trackLine(owner string, words trackWords, have []Tracked, w []string) (x Tracked, ok bool) {
	say := func(format string, word string) {
		r.err("%s", sprint(format, owner, w[0], word))
	}
	weight, reverse, found := words.find(r, w[0])
	if !found {
		say(words.lost, "")
		return x, false
	}
	for _, h := range have {
		if h.Name == w[0] {
			say(words.twice, "")
			return x, false
		}
	}
	x = Tracked{Name: w[0], Weight: weight, Reverse: reverse, Pos: r.pos}
	if len(w) == 1 {
		return x, true
	}
	if w[1] != "weight" {
		say(words.option, w[1])
		return x, true
	}
	if len(w) == 2 {
		say(words.empty, "")
		return x, true
	}
	n, ok := r.int(w[2], -words.most, words.most, words.how)
	switch {
	case !ok:
		say(words.weight, w[2])
	case words.narrow && (n == 254 || n == -254):
		r.err("(%s) weight for %s cannot be +/-254. Setting to +/-253", owner, w[0])
		x.Weight = n / 254 * 253
	default:
		x.Weight = n
	}
	x.set = ok // reverse stays the object's own, whatever the weight
	for _, word := range w[min(3, len(w)):] {
		switch {
		case word == "reverse":
			x.Reverse = true
		case words.reverse && (word == "noreverse" || word == "no_reverse"):
			x.Reverse = false
		default:
			say(words.weightOption, word)
		}
	}
	return x, true
}

// trackGateway is a block of gateways; an empty one follows the built-in.
func trackGateway(r *reader, w []string) bool {
	t := r.tracked()
	empty := true
	r.lines(func(w []string) {
		empty = false
		if x, ok := r.trackLine(*t.owner, gatewayWords, *t.gateway, w); ok {
			*t.gateway = append(*t.gateway, x)
		}
	})
	if empty {
		if _, _, ok := gatewayWords.find(r, ""); !ok {
			g := defaultGateway()
			g.Tracked, g.Pos = true, r.pos
			r.found.first("gateway", "", g)
			r.config.Gateways = append(r.config.Gateways, g)
		}
		*t.gateway = append(*t.gateway, Tracked{Pos: r.pos})
	}
	return false
}

// sprint is Sprintf for texts that do not use all they are given.
func sprint(format string, args ...string) string {
	for i, a := range args {
		format = strings.ReplaceAll(format, "%["+string(rune('1'+i))+"]s", a)
	}
	return format
}
