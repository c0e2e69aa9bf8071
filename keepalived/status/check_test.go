package status

import (
	"errors"
	"regexp"
	"testing"

	"moongate/keepalived/conf"
	"moongate/keepalived/config"
	"moongate/keepalived/config/configtest"
)

// testdata/checkers is what keepalived 2.2.7 wrote about testdata/checkers.conf when
// the pings had been answered and nothing else had run yet, without the lines that
// this expression names.
var not = regexp.MustCompile(`(?m)^.*(System is compiled|Data plane =|Regex ref count|Retries iterations).*\n`)

func TestCheckers(t *testing.T) {
	f, err := conf.Read("k.conf", conf.Options{
		Read: func(string) ([]byte, error) { return []byte(golden(t, "checkers.conf")), nil },
		Glob: func(string) ([]string, error) { return nil, errors.New("none") },
	})
	if err != nil {
		t.Fatal(err)
	}
	c, problems := config.Load(f, configtest.Two(), config.Options{})
	if c == nil {
		t.Fatal(problems)
	}
	s := &Status{Plane: "ebpf"}
	for _, v := range c.Servers {
		server := Server{Config: v, Quorum: true}
		for _, r := range v.Servers {
			real := Real{Config: r, Alive: true, Set: true, Weight: r.Weight}
			for _, k := range r.Checkers {
				real.Checkers = append(real.Checkers, Check{Config: k, Enabled: true, Up: true, Ran: k.Kind == "PING_CHECK"})
			}
			server.Reals = append(server.Reals, real)
		}
		s.Servers = append(s.Servers, server)
	}
	lines(t, not.ReplaceAllString(s.Data(c, "check"), ""), golden(t, "checkers"))
}
