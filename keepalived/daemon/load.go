package daemon

import (
	"errors"

	"moongate/keepalived/conf"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// errMissing says that there is no configuration at all, errUnusable that nothing
// can be made of it.
var (
	errMissing  = errors.New("no configuration")
	errUnusable = errors.New("the configuration can't be used")
)

// loaded is a configuration, and what there is to say of it.
type loaded struct {
	text     *conf.File
	config   *config.Config
	names    []string // of the files
	problems []config.Problem
}

// load reads a configuration through o, with what the command line adds to it.
func load(s *snapshot, o conf.Options, work *role.Options) (*loaded, error) {
	f, err := conf.Read(s.Name, o)
	if err != nil {
		return nil, errMissing
	}
	c, problems := config.Load(f, config.System{}, config.Options{SNMP: work.SNMP, SNMPSocket: work.SNMPSocket})
	l := &loaded{f, c, f.Names, problems}
	if c == nil {
		return l, errUnusable
	}
	return l, nil
}

// tell logs what is wrong with the configuration, as far as these processes are to
// say it. All read the same, and each says what is its own.
func (l *loaded) tell(who config.Who, log role.Logf, detail bool) {
	for i := range l.problems {
		if p := &l.problems[i]; p.Who&who != 0 && (!p.Debug || detail) {
			log(role.Info, "%s", p.Text)
		}
	}
}

// whose are the problems of each role.
var whose = map[role.Name]config.Who{"": config.ByParent, role.Checker: config.ByChecker, role.VRRP: config.ByVRRP, role.BFD: config.ByBFD}

// read reads the configuration from the disk and says what the parent has to say
// of it: its own part, and that of roles without a process.
func (p *parent) read(s *snapshot) (*config.Config, error) {
	var l *loaded
	err := p.inside(func() (err error) {
		l, err = load(s, s.record(p.MissingFails), &p.Work)
		return err
	})
	if l == nil {
		p.log(role.Info, "Config files missing '%s'.", s.Shown)
		return nil, err
	}
	p.announce(s, l)
	if err == nil {
		saveConfig(l.config.Global.SaveDir, l.text, p.reads, p.log)
		p.reads++
	}
	return l.config, err
}

func (p *parent) announce(s *snapshot, l *loaded) {
	if p.Work.Detail > 0 {
		for _, name := range l.names {
			p.log(role.Info, "Opening file '%s'.", name)
		}
	}
	p.log(role.Info, "Configuration file %s", s.Shown)
	who := whose[""]
	for _, w := range words {
		if l.config == nil || !p.wants(w.name, l.config) {
			who |= whose[w.name]
		}
	}
	l.tell(who, p.log, p.Work.Detail > 0)
}

// testConfig is -t: what is wrong goes to log, and the exit code tells how wrong.
func testConfig(s *snapshot, missingFails bool, log role.Logf) int {
	f, err := conf.Read(s.Name, s.record(missingFails))
	if err != nil {
		log(role.Info, "Config files missing '%s'.", s.Shown)
		if missingFails {
			return config.ExitError
		}
		return 0
	}
	_, problems := config.Load(f, config.System{}, config.Options{Test: true})
	for i := range problems {
		if p := &problems[i]; p.Exit != 0 || p.Shown {
			log(role.Info, "%s", p.Text)
		}
	}
	return config.ExitCode(problems)
}
