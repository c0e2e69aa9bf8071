package process

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"moongate/core/config"
	"moongate/core/config/directive"
	"moongate/core/cycle"
	"moongate/edge/sys/event"
	"moongate/edge/sys/proc"
	"moongate/edge/sys/socket"
)

// The test binary is the program under test: called as nginx, or started by a
// parent of its own kind, it does not run tests.
func TestMain(m *testing.M) {
	args := proc.Args()
	if h, err := Handed(args[0]); h != nil {
		os.Exit(RunHanded(h, testProgram(), []string{"nginx/test"}))
	} else if err != nil {
		os.Exit(codeFatal)
	}
	if filepath.Base(args[0]) == "nginx" {
		opts := cycle.Options{Prefix: args[1], ConfFile: "nginx.conf", ErrorLog: "error.log"}
		cfg := Config{Program: testProgram(), Args: args, Word: "nginx", Banner: []string{"nginx/test"}}
		if len(args) > 2 {
			opts.Purpose = cycle.Signal
			opts.Complete()
			cfg.Options, cfg.Log = opts, StartLog(&opts)
			os.Exit(SendSignal(cfg, args[2]))
		}
		opts.Complete()
		cfg.Options, cfg.Log = opts, StartLog(&opts)
		os.Exit(Run(cfg))
	}
	os.Exit(m.Run())
}

// toy is a part that does what its directives say, where an engine would serve.
type toy struct {
	FailStart  directive.Value[bool]
	FailReplay directive.Value[bool]
	FailBuild  directive.Value[bool]
	Hold       directive.Value[time.Duration]
	Helper     directive.Value[bool]
	Text       directive.Value[string]
	Stay       directive.Value[string]
	listeners  []*cycle.Listener
	accepting  []*event.Listener
}

// listen asks for a socket: an address, and "reuseport".
func (t *toy) listen(c *directive.Call) error {
	addrs, err := socket.ParseListen(c.Args[0], 80)
	if err != nil {
		return err
	}
	opts := socket.DefaultOptions()
	for _, p := range c.Args[1:] {
		if _, _, err := opts.Param(p); err != nil {
			return err
		}
	}
	l, err := cycle.BuilderOf(c).Listen(addrs[0], opts)
	t.listeners = append(t.listeners, l)
	return err
}

// accept answers every connection with the worker's pid and text, and closes it.
func (t *toy) accept(w *cycle.Worker) error {
	for _, l := range t.listeners {
		ev, err := w.Listen(l, func(fd int, _ *event.Sockaddr) {
			c, err := w.Loop.Adopt(fd, nil)
			if err != nil {
				return
			}
			w.Loop.Go(func() {
				fmt.Fprintf(c, "%d %s %d", os.Getpid(), t.Text.V, w.Connection())
				c.Close()
			})
		})
		if err != nil {
			return err
		}
		if ev != nil {
			t.accepting = append(t.accepting, ev)
		}
	}
	return nil
}

func testProgram() *cycle.Program {
	own := new(int)
	row := func(name string, args directive.Args, set directive.Setter) config.Row {
		return config.Row{Owner: own, Module: "toy", Directive: directive.Directive{Name: name, In: directive.Main, Args: args, Set: set}}
	}
	conf := func(c *cycle.Cycle) *toy { return cycle.Main[toy](c, own) }
	return &cycle.Program{Parts: []cycle.Part{{
		Name: "toy",
		Rows: []config.Row{
			row("toy_fail_start", directive.FlagArg, directive.Flag(func(t *toy) *directive.Value[bool] { return &t.FailStart })),
			row("toy_fail_replay", directive.FlagArg, directive.Flag(func(t *toy) *directive.Value[bool] { return &t.FailReplay })),
			row("toy_fail_build", directive.FlagArg, directive.Flag(func(t *toy) *directive.Value[bool] { return &t.FailBuild })),
			row("toy_stay", directive.Take1, directive.Str(func(t *toy) *directive.Value[string] { return &t.Stay })),
			row("toy_hold", directive.Take1, directive.Msec(func(t *toy) *directive.Value[time.Duration] { return &t.Hold })),
			row("toy_helper", directive.FlagArg, directive.Flag(func(t *toy) *directive.Value[bool] { return &t.Helper })),
			row("toy_listen", directive.OneMore, directive.Func(func(c *directive.Call, t *toy) error { return t.listen(c) })),
			row("toy_text", directive.Take1, directive.Str(func(t *toy) *directive.Value[string] { return &t.Text })),
		},
		Build: func(b *cycle.Builder) error {
			t := conf(b.Cycle)
			if t.Helper.V {
				b.AddProcess(cycle.Process{Title: "toy helper process", Run: func(w *cycle.Worker) error {
					w.Log.Notice(nil, "toy helps")
					<-w.Done
					return nil
				}})
			}
			if key := t.Stay.V; key != "" {
				b.AddProcess(cycle.Process{Title: "toy staying process", Stays: true, Key: key, Run: func(w *cycle.Worker) error {
					w.Log.Notice(nil, "toy stays for %s", key)
					for {
						select {
						case <-w.Reload:
							w.Log.Notice(nil, "toy that stays for %s hears of a reload", key)
						case <-w.Done:
							return nil
						}
					}
				}})
			}
			return nil
		},
		Prepare: func(b *cycle.Builder) error {
			if conf(b.Cycle).FailBuild.V {
				return fmt.Errorf("toy cannot be prepared")
			}
			return nil
		},
		Replay: func(c *cycle.Cycle) error {
			folder, _ := os.Getwd()
			c.Log.Notice(nil, "toy replays, uid %d, in %s", os.Getuid(), folder)
			if conf(c).FailReplay.V {
				return fmt.Errorf("toy is told to fail")
			}
			return nil
		},
		Start: func(w *cycle.Worker) error {
			t := conf(w.Cycle)
			if t.FailStart.V {
				return fmt.Errorf("toy is told to fail")
			}
			env := os.Getenv("TOY_ENV") + os.Getenv("HOME")
			w.Log.Notice(nil, "toy worker %d starts, text \"%s\", env \"%s\", uid %d", w.Index, t.Text.V, env, os.Getuid())
			if t.Hold.V > 0 {
				w.Hold()
				go func() {
					<-w.Done
					time.Sleep(t.Hold.V)
					w.Release()
				}()
			}
			return t.accept(w)
		},
		Quit: func(w *cycle.Worker) {
			for _, ev := range conf(w.Cycle).accepting {
				ev.Close()
			}
		},
		Cut:  func(w *cycle.Worker) { w.Log.Notice(nil, "toy cuts") },
		Stop: func(w *cycle.Worker) { w.Log.Notice(nil, "toy stops") },
	}}}
}
