package check

import (
	"context"
	"fmt"
	"os"
	"time"

	"moongate/edge/sys/caps"
	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
	"moongate/keepalived/script"
)

// misc is MISC_CHECK: a program that exits with 0. With misc_dynamic 2 to 255 are
// good too, and say the server's weight and two.
type misc struct {
	c      *config.Checker
	weight int // the server's own
	Names
	plain
}

// grace is what a program is given between SIGTERM and SIGKILL.
const grace = 2 * time.Second

func (k *misc) try(ctx context.Context) outcome {
	m := k.c.Misc
	if m.Command.Open {
		f, err := os.Open(m.Command.Args[0])
		if err != nil {
			return outcome{why: "failed", how: " (exited with status 1)"}
		}
		f.Close()
		return outcome{good: true}
	}
	run, err := script.Start(&m.Command)
	if err != nil {
		// What can't be run is as keepalived's child that exits before it becomes the program.
		return outcome{why: "failed", how: " (exited with status 126)" + caps.Note(err)}
	}
	limit := m.Timeout
	if limit <= 0 {
		limit = k.c.Loop
	}
	over := time.NewTimer(limit)
	defer over.Stop()
	select {
	case <-run.Done():
	case <-ctx.Done():
		go run.End(0, grace)
		return outcome{off: true}
	case <-over.C:
		run.End(0, grace)
		return outcome{why: "timed out"}
	}
	return k.judge(run.Status())
}

// judge reads how the program ended.
func (k *misc) judge(st proc.Status) outcome {
	switch {
	case !st.Exited:
		return outcome{why: "failed", how: fmt.Sprintf(" (due to signal %d)", int(st.Signal))}
	case st.Code == 0:
		return outcome{good: true, weighed: true}
	case st.Code >= 2 && k.c.Misc.Dynamic:
		return outcome{good: true, weighed: true, weight: st.Code - 2 - k.weight}
	}
	return outcome{why: "failed", how: fmt.Sprintf(" (exited with status %d)", st.Code)}
}

// line ends with how it went, how often it was tried, and how the program ended.
func (k *misc) line(why, tried, how string) string {
	return "Misc check for [" + k.Real + " VS " + k.Service + "] by [" + k.c.Misc.Command.Args[0] + "] " + why + tried + how + "."
}

func (k *misc) again(o *outcome, tries int, last bool) string {
	switch {
	case last:
		return ""
	case tries == 0:
		return k.line(o.why, fmt.Sprintf(", will do %d %s", k.c.Retry, retries(k.c.Retry)), o.how)
	}
	return k.line(o.why, fmt.Sprintf(" on retry %d/%d", tries, k.c.Retry), o.how)
}

func (k *misc) up(*outcome) string { return k.line("succeeded", "", "") }

func (k *misc) down(o *outcome, _ bool) string {
	if k.c.Retry == 0 {
		return k.line(o.why, " with retry disabled", o.how)
	}
	return k.line(o.why, fmt.Sprintf(" after %d %s", k.c.Retry, retries(k.c.Retry)), o.how)
}

func retries(n int) string {
	if n == 1 {
		return "retry"
	}
	return "retries"
}

func (k *misc) mail(o *outcome, up bool) string {
	if up {
		return "=> MISC CHECK succeeded on service <="
	}
	return "=> MISC CHECK " + o.why + " on service <="
}
