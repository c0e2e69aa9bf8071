package config

// finishVRRP is what the VRRP process does when all is read: keepalived's checks
// between settings, in its order, which is that of its messages.
func (r *reader) finishVRRP() {
	if r.missingIf {
		r.err("Non-existent interface specified in configuration")
		return
	}
	r.finishScripts()
	r.finishGroups()
	r.finishTrackGroups()
	for _, d := range r.drafts {
		d.gone = !r.finishInstance(d)
	}
	r.duplicates()
	r.secondPaths()
	for _, d := range r.drafts {
		if d.gone {
			continue
		}
		r.config.Instances = append(r.config.Instances, d.Instance)
	}
	r.finishMembers()
	r.finishSync()
}

// finishScripts looks at the programs: those that are followed, then those that
// are run at changes.
func (r *reader) finishScripts() {
	keep := r.config.Scripts[:0]
	for _, s := range r.config.Scripts {
		if !s.Tracked {
			r.log("Warning - script %s is not used", s.Name)
			continue
		}
		if s.Command.Open {
			keep = append(keep, s)
			continue
		}
		switch r.resolve(&s.Command) {
		case insecure:
			r.err("Disabling track script %s due to insecure", s.Name)
			r.untrack(s.Name)
		case unusable:
			r.err("Disabling track script %s since not found/accessible", s.Name)
			r.untrack(s.Name)
		case noExec:
			r.untrack(s.Name)
		default:
			keep = append(keep, s)
		}
	}
	r.config.Scripts = keep
	notify := func(n *Notify) {
		for _, c := range []*Command{&n.Backup, &n.Master, &n.Fault, &n.Stop, &n.Any, &n.MasterLowerPrio, &n.Deleted} {
			if c.Set() && r.resolve(c) != usable {
				*c = Command{}
			}
		}
	}
	for _, g := range r.config.Groups {
		notify(&g.Notify)
	}
	for _, d := range r.drafts {
		notify(&d.Notify)
		if t := d.TieBreak; t != nil && t.Command.Set() && r.resolve(&t.Command) != usable {
			t.Command = Command{}
		}
	}
	g := &r.config.Global
	if len(r.drafts) > 0 {
		r.finishPipes(&g.FIFO, &g.VRRPFIFO)
	}
	if r.scripts && !g.ScriptSecurity {
		r.security("SECURITY VIOLATION - scripts are being executed but script_security not enabled.%s", "")
	}
}

// finishPipes looks at the readers of FIFOs.
func (r *reader) finishPipes(pipes ...*Pipe) {
	for _, p := range pipes {
		if p.Reader.Set() && r.resolve(&p.Reader) != usable {
			p.Reader = Command{}
		}
	}
}

// untrack takes a script away from all who follow it.
func (r *reader) untrack(name string) {
	drop := func(list []Tracked) []Tracked {
		keep := list[:0]
		for _, t := range list {
			if t.Name != name {
				keep = append(keep, t)
			}
		}
		return keep
	}
	for _, d := range r.drafts {
		d.TrackScripts = drop(d.TrackScripts)
	}
	for _, g := range r.config.Groups {
		g.TrackScripts = drop(g.TrackScripts)
	}
}

// finishSync finds the instance that lvs_sync_daemon follows.
func (r *reader) finishSync() {
	d := r.config.Global.SyncDaemon
	for _, i := range r.config.Instances {
		if d == nil && i.SyncDaemonInterface != "" { // the old form
			d = &SyncDaemon{Interface: i.SyncDaemonInterface, Instance: i.Name, ID: int(i.VRID)}
			r.config.Global.SyncDaemon = d
		}
	}
	if d == nil || d.Instance == "" || len(r.drafts) == 0 {
		return
	}
	for _, i := range r.config.Instances {
		if i.Name == d.Instance {
			if d.ID < 0 {
				d.ID = int(i.VRID)
			}
			return
		}
	}
	r.log("Unable to find vrrp instance %s for lvs_syncd - clearing lvs_syncd config", d.Instance)
	r.config.Global.SyncDaemon = nil
}
