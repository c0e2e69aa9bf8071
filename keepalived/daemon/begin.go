package daemon

import (
	"os"
	"runtime"

	"moongate/edge/sys/netns"
	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// runParent is the parent's whole life: what comes before its loop, and after.
func runParent(o *options, program Program, launcher *link, host Host) int {
	p := &parent{options: o, program: program, launcher: launcher, host: host, logger: newLogger(o, "", o.line)}
	p.log = p.logger.log
	defer p.logger.close()
	name := product(program.Version)
	p.log(role.Info, "Starting %s", name)
	p.log(role.Info, "Running on %s (built by %s %s)", system(), runtime.Compiler, runtime.Version())
	for _, line := range commandLine(program.Args) {
		p.log(role.Info, "%s", line)
	}
	code, stopped := p.begin()
	if stopped {
		if o.Work.Detail > 0 && code != exitNoConfig {
			p.log(role.Info, "CPU usage (self/children) %s", cpuUsage())
		}
		p.log(role.Info, "Stopped %s", name)
	}
	return code
}

// begin reads the configuration, takes the place of the only keepalived, and runs.
// It tells whether "Stopped" is worth a line.
func (p *parent) begin() (code int, stopped bool) {
	if p.namespace = p.Namespace; !p.enter() {
		return exitFailed, true
	}
	defer func() {
		if p.netns != nil {
			p.netns.Close()
		}
	}()
	p.conf = newSnapshot(p.Conf, p.shown(), p.ID)
	c, err := p.first()
	switch {
	case err == errMissing:
		return exitNoConfig, true
	case err != nil:
		return config.ExitFatal, true
	case c == nil:
		return exitFailed, true
	}
	p.config = c
	p.coreDumps(p.log)
	if p.Umask < 0 && c.Global.Umask != nil {
		p.Umask = int(*c.Global.Umask)
	}
	if p.Umask >= 0 {
		proc.Umask(p.Umask)
	}
	p.files = pidFilesOf(p.options, &c.Global, p.namespace)
	if p.another(c) {
		switch ok, ended := p.inherit(); {
		case ended:
			return role.OK, true
		case !ok && p.another(c):
			p.log(role.Info, "daemon is already running")
			return role.OK, false
		}
	}
	if instance := instanceOf(c, p.namespace); instance != "" {
		ident := identOf("", instance)
		p.log(role.Info, "Changing syslog ident to %s", ident)
		p.logger.rename(ident)
	}
	proc.SetComm(commOf("", &c.Global, c.Global.Parent.Name))
	if p.launcher != nil {
		os.Chdir("/")
	}
	if !writePID(p.files[""], p.log) {
		return exitFailed, true
	}
	defer p.bequeath()
	defer removePID(p.files[""])
	return p.run(), true
}

// another tells whether a keepalived with the same pid files runs.
func (p *parent) another(c *config.Config) bool {
	if running(p.files[""]) {
		return true
	}
	for _, w := range words {
		if p.wants(w.name, c) && running(p.files[w.name]) {
			return true
		}
	}
	return false
}

// first reads the configuration for the first time. It is read twice if it says
// itself what ${_INSTANCE} is, or in which namespace its interfaces are. There is no
// Config if that can't be entered.
func (p *parent) first() (*config.Config, error) {
	l, err := load(p.conf, p.conf.record(p.MissingFails), &p.Work)
	if err != nil || l.config.Global.Instance == "" && (l.config.Global.NetNamespace == "" || p.namespace != "") {
		return p.read(p.conf)
	}
	p.conf.Instance = l.config.Global.Instance
	if p.namespace == "" {
		p.namespace = l.config.Global.NetNamespace
		if !p.enter() {
			return nil, nil
		}
	}
	return p.read(p.conf)
}

// enter opens the network namespace that children are to be in.
func (p *parent) enter() bool {
	if p.namespace == "" {
		return true
	}
	ns, err := netns.Open(p.namespace)
	if err != nil {
		p.log(role.Info, "Failed to open %s", netns.File(p.namespace))
		p.log(role.Info, "Unable to set network namespace %s - exiting", p.namespace)
		return false
	}
	p.netns = ns
	return true
}

// inside runs f in the network namespace of the children.
func (p *parent) inside(f func() error) error {
	if p.netns == nil {
		return f()
	}
	return p.netns.Do(f)
}
