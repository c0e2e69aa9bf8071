package checker

import (
	"bytes"
	"errors"

	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/role"
)

// syncing is what lvs_sync_daemon has running: a master's half, a backup's, or both
// where no instance says which. Running says nothing of a plane that shares nothing.
type syncing struct {
	conf           *config.SyncDaemon // that they were started by
	master, backup bool
}

// Sync lines are what the VRRP process says of the instance that lvs_sync_daemon
// follows, and SyncAsk is the question for it.
const (
	SyncMaster = "lvs_sync_daemon master"
	SyncBackup = "lvs_sync_daemon backup"
	SyncAsk    = "lvs_sync_daemon?"
)

// startSync begins what needs no instance, and asks how the instance stands.
func (p *process) startSync() {
	d := p.cfg.Global.SyncDaemon
	if p.sync.conf != nil && (d == nil || *d != *p.sync.conf) {
		p.setSync(false, false)
		p.sync.conf = nil
	}
	if d == nil || p.sync.conf != nil {
		return
	}
	if _, able := p.plane.(lvs.Syncing); !able {
		if p.plane != nil {
			p.session.Log(role.Info, "lvs_sync_daemon: data plane %s shares no connections between directors", p.plane.Name())
		}
		return
	}
	p.sync.conf = d
	if d.Instance == "" {
		p.setSync(true, true)
		return
	}
	p.session.Parent.Tell(role.VRRP, []byte(SyncAsk))
}

// heardSync takes what the VRRP process says, and tells whether it was about this.
func (p *process) heardSync(e *role.Event) bool {
	if e.From != role.VRRP {
		return false
	}
	master := bytes.Equal(e.Data, []byte(SyncMaster))
	if !master && !bytes.Equal(e.Data, []byte(SyncBackup)) {
		return false
	}
	if p.sync.conf != nil && p.sync.conf.Instance != "" {
		p.setSync(master, !master)
	}
	return true
}

// setSync makes these halves run and no others. The kernel has one place for each.
func (p *process) setSync(master, backup bool) {
	plane, able := p.plane.(lvs.Syncing)
	if !able {
		return
	}
	d := p.sync.conf
	var errs []error
	half := func(runs *bool, want, master bool) {
		switch {
		case *runs == want:
			return
		case want:
			id := max(d.ID, 0)
			errs = append(errs, plane.StartSync(lvs.Sync{Master: master, Interface: d.Interface, ID: uint32(id),
				MaxLen: uint16(d.MaxLen), Group: d.Group, Port: uint16(d.Port), TTL: uint8(d.TTL)}))
		default:
			errs = append(errs, plane.StopSync(master))
		}
		*runs = want
	}
	// What goes, goes first.
	half(&p.sync.master, p.sync.master && master, true)
	half(&p.sync.backup, backup, false)
	half(&p.sync.master, master, true)
	if err := errors.Join(errs...); err != nil {
		p.session.Log(role.Err, "lvs_sync_daemon: %s", err)
	}
}
