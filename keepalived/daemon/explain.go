package daemon

import (
	"fmt"
	"io"
	"strings"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/metrics"
)

const explainUsage = `Usage: keepalived explain [-p FILE] [-json] [INSTANCE ...]
Says why this node is, or is not, the master of its vrrp_instances.
  -p FILE   the pid file of the keepalived to ask (default %s)
  -json     its whole status instead, as JSON
`

// explain is the command of that name. args are behind it.
func explain(args []string, out, errs io.Writer) int {
	pid := pidFilesOf(&options{}, &config.Global{}, "")[""]
	raw := false
	var names []string
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-p" && i+1 < len(args):
			i++
			pid = args[i]
		case a == "-json":
			raw = true
		case strings.HasPrefix(a, "-"):
			fmt.Fprintf(errs, explainUsage, pid)
			return exitFailed
		default:
			names = append(names, a)
		}
	}
	text, err := metrics.Fetch(ownSocket(pid))
	if err != nil {
		fmt.Fprintf(errs, "keepalived explain: nobody answers at %s (is keepalived running, and is its pid file %s?): %s\n", ownSocket(pid), pid, err)
		return exitFailed
	}
	if raw {
		out.Write(text)
		return 0
	}
	if err := metrics.Explain(out, text, names, time.Now()); err != nil {
		fmt.Fprintf(errs, "keepalived explain: %s\n", err)
		return exitFailed
	}
	return 0
}
