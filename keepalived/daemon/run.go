package daemon

import (
	"strings"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/script"
)

// defaultScriptTimeout is how long a startup or shutdown script may run.
const defaultScriptTimeout = 10 * time.Second

// runAndWait runs the script of the start or the end.
func runAndWait(kind string, c *config.Command, timeout time.Duration, log role.Logf) {
	if timeout == 0 {
		timeout = defaultScriptTimeout
	}
	log(role.Info, "Running %s script %s", kind, c.Args[0])
	r, err := script.Start(c)
	if err != nil {
		log(role.Info, "Couldn't run %s script %s: %s", kind, strings.Join(c.Args, " "), err)
		return
	}
	ended := r.End(timeout, time.Second)
	switch st := r.Status(); {
	case !ended:
		log(role.Info, "%s script timed out", kind)
	case st.Exited && st.Code == 0:
		log(role.Info, "%s script script succeeded", kind)
	default:
		log(role.Info, "%s script failed (%s)", kind, script.How(st))
	}
}
