package cycle

import (
	"os"

	"moongate/edge/sys/proc"
)

// DebugPoint is called where a state is found that cannot be: the debug_points
// directive says what then (ngx_debug_point).
func (c *Cycle) DebugPoint() {
	switch c.Core.DebugPoints.V {
	case DebugPointsStop:
		proc.Kill(os.Getpid(), proc.SIGSTOP)
	case DebugPointsAbort:
		proc.KillSelf(proc.SIGABRT)
	}
}
