package notify

import (
	"fmt"
	"strconv"

	"moongate/keepalived/config"
)

// Event is what has happened to an instance or a group, in the word that scripts
// and FIFOs get.
type Event string

// The events.
const (
	Master         Event = "MASTER"
	Backup         Event = "BACKUP"
	Fault          Event = "FAULT"
	Stop           Event = "STOP"
	Deleted        Event = "DELETED"             // by a reload
	RxLowerPrio    Event = "MASTER_RX_LOWER_PRI" // a master has heard a lower priority
	MasterPriority Event = "MASTER_PRIORITY"     // the effective priority of a master has changed
	BackupPriority Event = "BACKUP_PRIORITY"
)

// Change is something that has happened to a vrrp_instance or a vrrp_sync_group.
type Change struct {
	Group    bool
	Name     string
	Event    Event
	Priority int // 0 for groups
	Notify   *config.Notify
}

// VRRP tells of a change: first the script for this event, then that for all of
// them, then the FIFOs, then a mail. Changes of priority go to the FIFOs alone.
func (n *Notifier) VRRP(c Change) {
	kind, only := c.kind(), c.own()
	if c.Event == Deleted && !c.Notify.TellDeleted {
		// Who has not asked for it is told what older versions said.
		c.Event, only = Fault, &c.Notify.Fault
	}
	key := kind + " " + c.Name
	if only.Set() {
		n.run(key, only)
	}
	if c.Notify.Any.Set() && c.tellsAll() {
		n.run(key, &c.Notify.Any, kind, c.Name, string(c.Event), strconv.Itoa(c.Priority))
	}
	n.write(c.line())
	if c.Notify.Mail {
		n.mailVRRP(&c)
	}
}

// State writes the state of an instance or a group to the FIFOs again, and does no more.
func (n *Notifier) State(c Change) { n.write(c.line()) }

func (c *Change) kind() string {
	if c.Group {
		return "GROUP"
	}
	return "INSTANCE"
}

// line is what a FIFO gets.
func (c *Change) line() string {
	return fmt.Sprintf("%s \"%s\" %s %d\n", c.kind(), c.Name, c.Event, c.Priority)
}

// own is the script for this event alone.
func (c *Change) own() *config.Command {
	switch c.Event {
	case Master:
		return &c.Notify.Master
	case Backup:
		return &c.Notify.Backup
	case Fault:
		return &c.Notify.Fault
	case Stop:
		return &c.Notify.Stop
	case Deleted:
		return &c.Notify.Deleted
	case RxLowerPrio:
		return &c.Notify.MasterLowerPrio
	}
	return &config.Command{}
}

func (c *Change) tellsAll() bool {
	switch c.Event {
	case RxLowerPrio, MasterPriority, BackupPriority:
		return false
	}
	return true
}

// vrrpMails are the subject's end and the text of an instance's mail, and the text
// of a group's.
var vrrpMails = map[Event][3]string{
	Master:  {"Entering MASTER state", "=> VRRP Instance is now owning VRRP VIPs <=", "=> All VRRP group instances are now in MASTER state <="},
	Backup:  {"Entering BACKUP state", "=> VRRP Instance is no longer owning VRRP VIPs <=", "=> All VRRP group instances are now in BACKUP state <="},
	Fault:   {"Entering FAULT state", "=> VRRP Instance is no longer owning VRRP VIPs <=", "=> All VRRP group instances are now in FAULT state <="},
	Stop:    {"Stopping", "=> VRRP Instance stopping <=", "=> All VRRP group instances are now stopping <="},
	Deleted: {"Deleted", "=> VRRP Deleted at reload <=", "=> VRRP Deleted at reload <="},
}

func (n *Notifier) mailVRRP(c *Change) {
	text, has := vrrpMails[c.Event]
	if !has || c.Event == Fault && n.settings().Mail.NoFaults {
		return
	}
	if c.Group {
		n.mail("VRRP Group "+c.Name+" - "+text[0], text[2])
		return
	}
	n.mail("VRRP Instance "+c.Name+" - "+text[0], text[1])
}

func (n *Notifier) settings() *config.Global {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.global
}
