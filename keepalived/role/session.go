package role

import (
	"moongate/core/cycle"
	"moongate/keepalived/config"
	"moongate/keepalived/status"
)

// Role is what a process does. The zero Role does nothing and ends when it is
// told to.
type Role struct {
	// Run does the work of the process until it is told to stop, and returns its
	// exit code: OK, or Fatal for what starting again can't cure.
	Run func(*Session) int
	// Clear removes from the system what a process of this role has put there. The
	// parent calls it when the process has died and no other can be started in its
	// place. It may be nil.
	Clear func(*config.Config, Logf)
}

// The exit codes of keepalived's processes.
const (
	OK       = 0
	Failed   = 1   // died, but may be started again
	Fatal    = 71  // never start again: keepalived ends ("permanent error FATAL"); a panic of Go is 2
	Config   = 78  // the same because of the configuration (EX_CONFIG)
	Software = 70  // the same because of a fault of the program (EX_SOFTWARE)
	NoMemory = 204 // the same because memory is used up
)

// Options are those of the command line that concern a process's work.
type Options struct {
	Detail      int    // how many -D
	ReleaseVIPs bool   // -X: makes no difference, as in 2.2.7
	KeepVRRP    bool   // -V: addresses and routes stay when the daemon stops
	KeepIPVS    bool   // -I: virtual servers stay when the daemon stops
	Addresses   bool   // -a: each change of an address is logged
	DumpConfig  bool   // -d
	SNMP        bool   // -x
	SNMPSocket  string // -A
}

// Session is the life of one process, as the parent sees to it.
type Session struct {
	Config  *config.Config
	Options Options
	Log     Logf
	// Events is what happens to the process, in order. It is never closed; the
	// last event that counts is Stop. The role must read it all the time.
	Events <-chan Event
	// Restarted says that a process of this role has died, and that this one is
	// there in its place: addresses and virtual servers in the system may be ours.
	Restarted bool
	// Kept is what processes of this role have given to Keep, the last value of
	// each key. Nobody writes it.
	Kept map[string]string
	// Board tells of the web server that keepalived runs under; nil: it runs by itself.
	Board *cycle.Board

	// Parent is the way back. Daemon sets it; tests set their own.
	Parent Parent
}

// Parent is what a process can ask of the daemon. Its methods don't wait and may
// be called from any goroutine.
type Parent interface {
	// Ready says that the process works: at the start, and after each Reload.
	Ready()
	// Keep leaves a value with the parent, where it outlives this process: the
	// state of an instance, say. The empty value forgets the key.
	Keep(key, value string)
	// Tell sends a message to the process of another role, if there is one.
	Tell(name Name, message []byte)
}

// Name is a role's.
type Name string

// The roles.
const (
	VRRP    Name = "vrrp"
	Checker Name = "check"
	BFD     Name = "bfd"
)

// Kind says what an event is.
type Kind uint8

// The kinds of events.
const (
	// Stop: let go of everything and return from Run. Parent died, if Orphan.
	Stop Kind = iota + 1
	// Reload: go on by Event.Config, with as little change as it takes, then call
	// Ready.
	Reload
	// Ask: call Event.Answer with how things stand (dumps, metrics).
	Ask
	// ClearStats: counters that are dumped as statistics go back to zero.
	ClearStats
	// Message: another process has sent Event.Data.
	Message
)

// Event is something that happens to a process from outside.
type Event struct {
	Kind   Kind
	Config *config.Config       // Reload
	Answer func(*status.Status) // Ask: called once, from any goroutine
	From   Name                 // Message
	Data   []byte               // Message
	Orphan bool                 // Stop: because the parent has died
}
