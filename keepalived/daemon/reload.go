package daemon

import (
	"fmt"
	"os"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// reload reads the configuration again, and lets the children go on by it.
func (p *parent) reload() {
	if p.stopping {
		return
	}
	if p.reloading || !p.complete {
		p.pending = true
		return
	}
	next := newSnapshot(p.conf.Name, p.conf.Shown, p.conf.ID)
	next.Instance = p.conf.Instance
	if p.config.Global.ReloadCheck && !p.check(next) {
		return
	}
	p.log(role.Info, "Reloading ...")
	notifySystemd(os.Getenv("NOTIFY_SOCKET"), "RELOADING=1\n"+monotonic())
	p.logger.reopen()
	busy := p.config.Global.ReloadFile
	if busy != "" {
		if f, err := os.Create(busy); err != nil {
			p.log(role.Info, "Failed to create reload file (%s) %s", busy, reason(err))
		} else {
			f.Close()
		}
	}
	c, err := p.read(next)
	if busy != "" {
		os.Remove(busy)
	}
	if err != nil {
		// What ran by the old configuration goes on.
		p.log(role.Info, "Reload failed - the old configuration stays")
		notifySystemd(os.Getenv("NOTIFY_SOCKET"), "READY=1")
		return
	}
	// These can't change while the program runs.
	g, old := &c.Global, &p.config.Global
	if g.Instance != old.Instance {
		p.log(role.Info, "Cannot change instance name at a reload - please restart %s", "keepalived")
	}
	if g.NetNamespace != old.NetNamespace {
		p.log(role.Info, "Cannot change network namespace at a reload - please restart %s", "keepalived")
	}
	g.Instance, g.NetNamespace, g.NetNamespaceIPVS, g.UsePIDDir = old.Instance, old.NetNamespace, old.NetNamespaceIPVS, old.UsePIDDir
	p.conf, p.config = next, c
	p.reloading = true
	p.openOutside()
	p.followSchedule()
	for _, c := range p.children {
		if c.pid == 0 {
			continue
		}
		if wanted := p.wants(c.name, p.config); wanted {
			c.ready = false
			c.send(&frame{Kind: isReload, Conf: next})
		} else {
			c.wanted = false
			c.send(&frame{Kind: isStop})
		}
	}
	p.startChildren()
	p.checkReady()
}

// check is reload_check_config: a configuration with faults is not taken. What they are
// goes to a file of its own, if it names one.
func (p *parent) check(s *snapshot) bool {
	log, hint := p.log, ""
	if name := p.config.Global.ReloadCheckLog; name != "" {
		f, err := os.Create(name)
		if err != nil {
			p.log(role.Info, "Unable to create reload_check_config log %s (%s)", name, reason(err))
		} else {
			defer f.Close()
			log = func(_ role.Level, format string, args ...any) { fmt.Fprintf(f, format+"\n", args...) }
			hint = ", see " + name + " for details"
		}
	}
	trial := newSnapshot(s.Name, s.Shown, s.ID)
	trial.Instance = s.Instance
	if code := testConfig(trial, p.MissingFails, log); code != 0 && code != config.ExitSecurity {
		p.log(role.Info, "New config has errors - not reloading%s", hint)
		return false
	}
	return true
}
