package speaker

import (
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
)

// syncLines are what the checker process takes (its SyncMaster and SyncBackup).
var syncLines = map[bool]string{true: "lvs_sync_daemon master", false: "lvs_sync_daemon backup"}

// syncAsk is its question.
const syncAsk = "lvs_sync_daemon?"

// tellSync says how the instance stands that lvs_sync_daemon follows.
func (s *speaker) tellSync(in *vrrp.Instance) {
	d := s.cfg.Global.SyncDaemon
	if d != nil && d.Instance == in.Conf.Name {
		s.session.Parent.Tell(role.Checker, []byte(syncLines[in.State() == vrrp.Master]))
	}
}

// askedSync answers the checker, which has just begun.
func (s *speaker) askedSync() {
	for _, in := range s.machine.Instances() {
		s.tellSync(in)
	}
}
