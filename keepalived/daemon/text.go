package daemon

import (
	"fmt"
	"strings"
	"time"

	"moongate/edge/sys/proc"
)

// commandLine shows the arguments in lines that are not too long.
func commandLine(args []string) []string {
	const first, more, most = "Command line:", "             ", 102
	var lines []string
	line := first
	for _, a := range args {
		word := " '" + a + "'"
		if len(line) > len(more) && len(line)+len(word) > most {
			lines = append(lines, line)
			line = more
		}
		line += word
	}
	return append(lines, line)
}

// usedTime is the processor time of this process, and of its children if it had any.
func usedTime() string {
	self, children := proc.Used()
	if children == (proc.Usage{}) {
		return fmt.Sprintf("%s user time, %s system time", seconds(self.User), seconds(self.System))
	}
	return fmt.Sprintf("(self/children) %s/%s user time, %s/%s system time",
		seconds(self.User), seconds(children.User), seconds(self.System), seconds(children.System))
}

func cpuUsage() string {
	self, children := proc.Used()
	return fmt.Sprintf("user: %s/%s system: %s/%s",
		seconds(self.User), seconds(children.User), seconds(self.System), seconds(children.System))
}

func seconds(d time.Duration) string { return strings.TrimSpace(fmt.Sprintf("%.6f", d.Seconds())) }
