package process

import (
	"moongate/core/errlog"
)

// State is where a process is in its life.
type State uint8

const (
	Setup         State = iota // reading the configuration, opening what it asks for
	Starting                   // starting workers, or the parts of one
	Running                    // serving
	Reconfiguring              // a new generation is being built
	NoAccepting                // WINCH: workers have quit, the master stays for a new binary
	Upgrading                  // a new binary's master runs beside this one
	Quitting                   // ending gracefully
	Terminating                // ending at once
	Exited
)

var stateNames = [...]string{"setup", "starting", "running", "reconfiguring", "no accepting",
	"upgrading", "quitting", "terminating", "exited"}

func (s State) String() string { return stateNames[s] }

// enter changes the state and says so in the debug log.
func (s *State) enter(now State, log *errlog.Log) {
	if *s != now {
		log.Debug(errlog.DebugCore, "process state: %s -> %s", *s, now)
		*s = now
	}
}
