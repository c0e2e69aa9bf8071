package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"moongate/keepalived/config"
)

// No text makes Load panic, and what it makes has a bound that the text sets:
// nothing in a file stands for more than it says.
func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/check/*.txt")
	if err != nil || len(names) == 0 {
		f.Fatal("no files of questions")
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for i, part := range strings.Split(string(b), "===\n") {
			if text, _, ok := strings.Cut(part, ">>> "); ok && i%7 == 0 {
				f.Add(text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 || strings.ContainsAny(text, "~$") {
			return // repetitions and definitions are bounded by conf, and tested there
		}
		c, list := load(t, text)
		if c == nil {
			if config.ExitCode(list) == 0 {
				t.Fatal("nothing is made, and nobody knows why")
			}
			return
		}
		n := len(c.Instances) + len(c.Servers) + len(c.Scripts) + len(c.BFDs) + len(c.StaticAddrs) + len(c.StaticRoutes) + len(c.StaticRules)
		for _, i := range c.Instances {
			n += len(i.Addrs) + len(i.Excluded) + len(i.Peers) + len(i.Routes)
			if i.VRID == 0 || i.Priority == 0 || i.Version != 2 && i.Version != 3 || i.Interval <= 0 || i.DownTimerAdverts < 1 {
				t.Fatalf("an instance that can't run: %+v", i)
			}
		}
		for _, s := range c.Servers {
			n += len(s.Servers)
			if s.Scheduler == "" || s.Forward.Method == "" || len(s.Servers) == 0 && s.Sorry == nil {
				t.Fatalf("a virtual server that can't run: %+v", s)
			}
			for _, x := range s.Servers {
				for _, k := range x.Checkers {
					if k.Loop <= 0 || k.Retry < 0 {
						t.Fatalf("a checker that can't run: %+v", k)
					}
				}
			}
		}
		if n > len(text) {
			t.Fatalf("%d things of %d bytes", n, len(text))
		}
	})
}
