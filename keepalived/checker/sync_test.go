package checker

import (
	"fmt"
	"net/netip"
	"testing"

	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/role"
)

func (p plane) StartSync(s lvs.Sync) error {
	p.r.note(fmt.Sprintf("sync starts %+v", s))
	return nil
}

func (p plane) StopSync(master bool) error {
	p.r.note(fmt.Sprintf("sync stops, master %v", master))
	return nil
}

func TestSyncFollowsTheInstance(t *testing.T) {
	cfg := serving(real(netip.MustParseAddrPort("127.0.0.1:7")))
	cfg.Global.SyncDaemon = &config.SyncDaemon{Interface: "eth1", Instance: "VI_1", ID: 51}
	r := newRig(t, cfg)
	r.start()
	say := func(line string) {
		r.events <- role.Event{Kind: role.Message, From: role.VRRP, Data: []byte(line)}
	}
	starts := func(master bool) string {
		return fmt.Sprintf("sync starts %+v", lvs.Sync{Master: master, Interface: "eth1", ID: 51})
	}
	say(SyncBackup)
	r.said(starts(false))
	say(SyncBackup) // which changes nothing
	say(SyncMaster)
	r.said("sync stops, master false")
	r.said(starts(true))
	say(SyncBackup)
	r.said("sync stops, master true")

	// Without an instance both halves run, all the time.
	other := *cfg
	other.Global.SyncDaemon = &config.SyncDaemon{Interface: "eth2", ID: -1}
	r.events <- role.Event{Kind: role.Reload, Config: &other}
	r.said("sync stops, master false")
	r.said(fmt.Sprintf("sync starts %+v", lvs.Sync{Interface: "eth2"}))
	r.said(fmt.Sprintf("sync starts %+v", lvs.Sync{Master: true, Interface: "eth2"}))
	say(SyncBackup)
	last := other
	last.Global.SyncDaemon = nil
	r.events <- role.Event{Kind: role.Reload, Config: &last}
	r.said("sync stops, master true")
}
