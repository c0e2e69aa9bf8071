package config

import (
	"math"
	"time"
)

// objectRows are those of the other things that can be followed.
var objectRows = []keyword{
	{name: "process", in: inProcess, need: 1, args: "NAME [ARG...]", set: do(func(r *reader, w []string) {
		if r.process.Path != "" {
			r.err("Process already set for track process %s - ignoring %s", r.process.Name, w[1])
			return
		}
		r.process.Path, r.process.Params = w[1], w[2:]
		if len(w) > 2 && r.process.ParamMatch == "" {
			r.process.ParamMatch = "exact"
		}
	}), doc: "Its name, or the program with arguments."},
	{name: "param_match", in: inProcess, args: "[initial | partial]", def: "exact", set: do(func(r *reader, w []string) {
		switch kind := word(w, 1); kind {
		case "":
			r.process.ParamMatch = "exact"
		case "initial", "partial":
			r.process.ParamMatch = kind
		default:
			r.err("Invalid param_match type %s - ignoring", kind)
		}
	}), doc: "Whether the first arguments, or the beginning of the last, are enough."},
	{name: "full_command", in: inProcess, set: do(func(r *reader, w []string) { r.process.FullCommand = true }), doc: "Compare the whole command line, not the name."},
	{name: "weight", in: inProcess, args: "-254..254 [reverse]", def: "0", set: do(func(r *reader, w []string) {
		p := r.process
		switch {
		case len(w) < 2:
			r.err("No weight specified for track process %s - ignoring", p.Name)
			return
		case r.weightSet:
			r.err("Weight already set for track process %s - ignoring %s", p.Name, w[1])
			return
		}
		n, ok := r.int(w[1], -254, 254, soft)
		if !ok {
			r.err("Weight (%s) for vrrp_track_process %s must be between [-254..254] inclusive. Ignoring...", w[1], p.Name)
			return
		}
		p.Weight, r.weightSet = n, true
		if len(w) > 2 {
			if p.Reverse = w[2] == "reverse"; !p.Reverse {
				r.err("vrrp_track_process %s unknown weight option %s", p.Name, w[2])
			}
		}
	}), doc: "What it does to the priority; with 0 its absence is FAULT."},
	{name: "quorum", in: inProcess, need: 1, args: "1..65535", def: "1", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 1, 65535, soft)
		switch {
		case !ok:
			r.err("Quorum (%s) for vrrp_track_process %s must be between [1..65535] inclusive. Ignoring...", w[1], r.process.Name)
		case int(n) > r.process.QuorumMax:
			r.err("Quorum is greater than quorum_max - ignoring")
		default:
			r.process.Quorum, r.process.quorumSet = int(n), true
		}
	}), doc: "How many must run."},
	{name: "quorum_max", in: inProcess, need: 1, args: "0..65535", def: "no limit", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 0, 65535, soft)
		switch {
		case !ok:
			r.err("quorum_max (%s) for vrrp_track_process %s must be between [0..65535] inclusive. Ignoring...", w[1], r.process.Name)
		case r.process.quorumSet && int(n) < r.process.Quorum:
			r.err("quorum_max is less than quorum - ignoring")
		default:
			r.process.QuorumMax = int(n)
			if n == 0 {
				r.process.Quorum = 0
			}
		}
	}), doc: "How many may run; 0: none."},
	{name: "delay", in: inProcess, need: 1, args: "SECONDS", def: "0", set: processDelay("", true, true), doc: "Both of the following."},
	{name: "fork_delay", in: inProcess, need: 1, args: "SECONDS", def: "0", set: processDelay("fork_", true, false), doc: "How long it must run before that counts."},
	{name: "terminate_delay", in: inProcess, need: 1, args: "SECONDS", def: "0", set: processDelay("terminate_", false, true), doc: "How long it must be gone before that counts."},

	{name: "file", in: inFile, args: "PATH", set: do(func(r *reader, w []string) {
		switch {
		case len(w) < 2:
			r.err("track file file name missing")
		case r.file.Path != "":
			r.err("File already set for track file %s - ignoring %s", r.file.Name, w[1])
		default:
			r.file.Path = w[1]
		}
	}), doc: "The file; the number in it times the weight is added to the priority."},
	{name: "weight", in: inFile, args: "-254..254 [reverse]", def: "1", set: do(func(r *reader, w []string) {
		f := r.file
		switch {
		case len(w) < 2:
			r.err("No weight specified for track file %s - ignoring", f.Name)
			return
		case r.weightSet:
			r.err("Weight already set for track file %s - ignoring %s", f.Name, w[1])
			return
		}
		n, ok := r.int(w[1], -254, 254, soft)
		if !ok {
			r.err("Weight (%s) for track_file %s must be between [-254..254] inclusive. Ignoring...", w[1], f.Name)
			return
		}
		f.Weight, r.weightSet = n, true
		if len(w) > 2 {
			if f.Reverse = w[2] == "reverse"; !f.Reverse {
				r.err("track_file %s unknown weight option %s", f.Name, w[2])
			}
		}
	}), doc: "What the number is multiplied by; with 0 any number but 0 is FAULT."},
	{name: "init_file", in: inFile, args: "[VALUE] [overwrite]", set: do(func(r *reader, w []string) {
		v := 0
		r.file.Init = &v
		for _, word := range w[1:] {
			if word == "overwrite" {
				r.file.Overwrite = true
				continue
			}
			n, over, ok := signed(word)
			switch {
			case !ok || over:
				r.err("Unknown track file init option %s", word)
			case n < -254 || n > 254:
				r.err("Track file %s init value %d is outside sensible range [%d, %d]", r.file.Name, n, -254, 254)
				v = n
			default:
				v = n
			}
		}
	}), doc: "Make the file at start if it is not there."},
}

func processDelay(prefix string, fork, terminate bool) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		d, ok := r.seconds(w[1], time.Microsecond, 3600*time.Second, soft)
		if !ok {
			r.err("%sdelay (%s) for vrrp_track_process %s must be between [0.000001..3600] inclusive. Ignoring...", prefix, w[1], r.process.Name)
			return
		}
		if fork {
			r.process.ForkDelay = d
		}
		if terminate {
			r.process.TerminateDelay = d
		}
	})
}

func beginProcess(r *reader, w []string) {
	r.process = &Process{Name: w[1], Quorum: 1, QuorumMax: math.MaxInt32, Pos: r.pos}
	r.weightSet = false
}

func endProcess(r *reader) {
	if r.process.Path == "" {
		r.err("track process '%s' process name not specified", r.process.Name)
		return
	}
	r.config.Processes = append(r.config.Processes, r.process)
	r.found.first("process", r.process.Name, r.process)
}

func beginFile(r *reader, w []string) {
	r.file = &File{Name: w[1], Weight: 1, Pos: r.pos}
	r.weightSet = false
}

// endFile keeps the file of the VRRP process; the checkers' are looked up in the
// same list.
func endFile(r *reader) {
	if r.file.Path == "" {
		r.err("No file set for track_file %s - ignoring", r.file.Name)
		return
	}
	if r.who == ByVRRP {
		// The checker process has read it before.
		return
	}
	r.config.Files = append(r.config.Files, r.file)
	r.found.first("file", r.file.Name, r.file)
}
