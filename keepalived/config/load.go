package config

import (
	"net/netip"

	"moongate/keepalived/conf"
)

// Who are the processes that read a configuration. Each reads all of it and
// complains of what is its own, and of what nobody knows.
type Who uint8

// The processes, in the order in which keepalived -t plays them.
const (
	ByParent Who = 1 << iota
	ByChecker
	ByVRRP
	ByBFD
)

func (w Who) String() string {
	switch w {
	case ByParent:
		return "parent"
	case ByChecker:
		return "checker"
	case ByVRRP:
		return "vrrp"
	}
	return "bfd"
}

// Exit codes of keepalived that a configuration causes.
const (
	ExitFatal     = 2 // the rest was not read
	ExitInterface = 4 // an interface that a setting is for is not there
	ExitError     = 5
	ExitSecurity  = 6 // scripts without enable_script_security; a file that an include needs
)

// Problem is something that keepalived says of a configuration.
type Problem struct {
	Who  Who    // the process that says it
	Pos  Pos    // Line is 0 for what is wrong with the whole
	Text string // as logged: with its place, but without a date
	// Exit is what -t makes of it. 0: it is logged by the daemon only, unless Shown is set.
	Exit  int
	Shown bool // -t shows it, too
	Debug bool // our own remark, for -D
}

// Options of Load.
type Options struct {
	// Test says that keepalived -t is played: some texts are shorter, and nothing
	// is read any more after a problem that is fatal.
	Test bool
	// SNMP has all shown by SNMP, and SNMPSocket is by which socket: -x and -A.
	SNMP       bool
	SNMPSocket string
}

// Load makes a configuration of what was read. Nothing is fatal but a keyword
// without its parameter, and an include that must find a file and does not:
// then the Config is nil.
func Load(f *conf.File, host Host, o Options) (*Config, []Problem) {
	l := &loader{text: f, host: host, options: o, config: newConfig(host), heard: map[string]bool{}, byName: map[string]*draft{}, found: names{}}
	if s := &l.config.Global.SNMP; o.SNMP {
		s.VRRP, s.Checker, s.RFC2, s.RFC3 = true, true, true, true
	}
	l.config.Global.SNMP.Socket = o.SNMPSocket
	for _, who := range []Who{ByParent, ByChecker, ByVRRP, ByBFD} {
		if !l.pass(who) {
			return nil, l.problems
		}
	}
	return l.config, l.problems
}

// ExitCode is what keepalived -t exits with.
func ExitCode(list []Problem) (code int) {
	for _, p := range list {
		if p.Exit == ExitFatal {
			return ExitFatal
		}
		code = max(code, p.Exit)
	}
	return code
}

// loader is what the passes of the processes share.
type loader struct {
	text     *conf.File
	host     Host
	options  Options
	config   *Config
	problems []Problem
	heard    map[string]bool // of those that do nothing
	drafts   []*draft
	byName   map[string]*draft
	found    names
	vses     []*serverDraft
}

// names finds things by what they are called, and by what they are.
type names map[[2]string]any

// named is the thing of that kind with a name, or nil.
func named[T any](n names, kind, name string) *T {
	x, _ := n[[2]string{kind, name}].(*T)
	return x
}

// first gives a name to a thing; one that has the name already keeps it.
func (n names) first(kind, name string, x any) {
	if key := [2]string{kind, name}; n[key] == nil {
		n[key] = x
	}
}

// fatal ends the reading.
type fatal struct{}

// pass is what one process makes of the configuration.
func (l *loader) pass(who Who) (ok bool) {
	r := &reader{loader: l, who: who, known: map[string]*BFD{}, peers: map[netip.Addr][]*BFD{}}
	r.nextRule = 16384
	defer func() {
		if p := recover(); p != nil {
			if _, is := p.(fatal); !is {
				panic(p)
			}
			ok = false
		}
	}()
	r.block(inRoot)
	r.finish()
	switch who {
	case ByParent:
		return r.finishGlobal()
	case ByChecker:
		r.finishServers()
	case ByVRRP:
		r.finishVRRP()
	}
	return true
}
