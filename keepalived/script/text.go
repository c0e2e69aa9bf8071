package script

import (
	"fmt"

	"moongate/edge/sys/proc"
)

// How says in keepalived's words how a program ended: "exited with status 1",
// "exited due to signal 15".
func How(s proc.Status) string {
	if s.Exited {
		return fmt.Sprintf("exited with status %d", s.Code)
	}
	return fmt.Sprintf("exited due to signal %d", int(s.Signal))
}
