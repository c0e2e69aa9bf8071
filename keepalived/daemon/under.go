package daemon

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"moongate/core/cycle"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// Host is the web server that keepalived runs under.
type Host struct {
	// Log gets the lines of all processes. It may be called from any goroutine.
	Log    func(level role.Level, line string)
	Board  *cycle.Board
	Reload <-chan struct{} // its configuration was read again
	Done   <-chan struct{} // closed when keepalived is to end
}

// Under is the life of keepalived's parent process as a process of a web server.
// args are its arguments, without a name in front; it goes neither to the
// background nor, unless -S or -g say so, to any other log than the server's.
func Under(args []string, program Program, host Host) error {
	o, err := under(args)
	if err != nil {
		return err
	}
	o.line = host.Log
	program.Args = append([]string{"keepalived"}, args...)
	if code := runParent(o, program, nil, host); code != role.OK {
		return fmt.Errorf("keepalived has ended with code %d", code)
	}
	return nil
}

// CheckArgs tells what is wrong with arguments for Under.
func CheckArgs(args []string) error {
	_, err := under(args)
	return err
}

func under(args []string) (*options, error) {
	var said strings.Builder
	o := parse(args, &said)
	switch {
	case o.help, o.version, o.signum != "", o.test:
		return nil, errors.New("only options of a running keepalived make sense here")
	case said.Len() > 0:
		return nil, errors.New(strings.ReplaceAll(strings.TrimSpace(said.String()), "\n", ", "))
	}
	o.Foreground, o.Under = true, true
	o.NoSyslog = o.NoSyslog || !asksForSyslog(args)
	return o, nil
}

// asksForSyslog tells whether -S was given: without it the web server's log is enough.
func asksForSyslog(args []string) bool {
	asks := false
	scan(flagTable, args, func(f found) bool {
		asks = asks || f.fault == "" && f.flag.short == 'S'
		return true
	})
	return asks
}

// Check writes what is wrong with a configuration file, as -t does.
func Check(args []string, said io.Writer) error {
	o, err := under(args)
	if err != nil {
		return err
	}
	testConfig(newSnapshot(o.Conf, o.shown(), o.ID), o.MissingFails, func(_ role.Level, format string, args ...any) {
		fmt.Fprintf(said, format+"\n", args...)
	})
	return nil
}

// board is the descriptor of the web server's board, where there is one.
func (p *parent) board() []int {
	if p.host.Board == nil {
		return nil
	}
	return []int{p.host.Board.Descriptor()}
}

// board maps it in a child.
func board(h *hello, log role.Logf) *cycle.Board {
	if !h.Board {
		return nil
	}
	b, err := cycle.OpenBoard(boardFD)
	if err != nil {
		log(role.Err, "The web server's board can't be read: %v", err)
	}
	return b
}

// line sends a line of a child's log to the parent.
func (s *session) line(level role.Level, text string) {
	s.parent.send(&frame{Kind: isLine, Level: level, Value: text})
}

// drain is how long connections may take to come anew before the addresses go.
func drain(c *config.Config, b *cycle.Board) (d time.Duration) {
	if b != nil {
		for _, g := range c.Gateways {
			d = max(d, g.Drain)
		}
	}
	return d
}
