package vrrp

// State is that of an instance or a group.
type State uint8

// The states, with their numbers in keepalived.json.
const (
	Init State = iota
	Backup
	Master
	Fault
)

func (s State) String() string { return [...]string{"INIT", "BACKUP", "MASTER", "FAULT"}[s] }

// Event is what others are notified of.
type Event uint8

// The events.
const (
	ToMaster Event = iota
	ToBackup
	ToFault
	Stopped
	Deleted
	MasterLowerPrio // a master heard one of a lower priority
	MasterPriority  // the effective priority changed
	BackupPriority
)

// String is the word in a FIFO, and the third argument of a notify script.
func (e Event) String() string {
	return [...]string{"MASTER", "BACKUP", "FAULT", "STOP", "DELETED", "MASTER_RX_LOWER_PRI", "MASTER_PRIORITY", "BACKUP_PRIORITY"}[e]
}

func entered(s State) Event {
	switch s {
	case Master:
		return ToMaster
	case Fault:
		return ToFault
	}
	return ToBackup
}

// Notified is the state that was told last, if any was.
func (in *Instance) Notified() (Event, bool) { return in.notified, !in.silent }

// Notified is the state that was told last, if any was.
func (g *Group) Notified() (Event, bool) { return g.notified, !g.silent }

// Level is the importance of a line, as syslog counts it.
type Level uint8

// The levels that are used here.
const (
	Err     Level = 3
	Warning Level = 4
	Notice  Level = 5
	Info    Level = 6
)
