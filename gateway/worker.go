package gateway

import (
	"cmp"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/engine/zone"
	"moongate/gateway/entity"
	"moongate/gateway/feed"
	"moongate/gateway/health"
	"moongate/gateway/lists"
	"moongate/gateway/live"
	"moongate/gateway/meter"
	"moongate/gateway/plane"
	"moongate/gateway/plugin"
)

// worker is the gateway in one process that serves.
type worker struct {
	keeper *plane.Keeper
	client *feed.Client
	model  *entity.Model
	main   *mainConf
	tally  tally
	meter  *meter.Table
	live   *live.Worker
	ring   *live.Ring
	bells  *zone.Bells
	// untrusted is what is shown where there is no certificate.
	untrusted []*tls.Certificate

	loop    *event.Loop
	log     *errlog.Log
	reports reports
}

// start is called before the worker accepts connections.
func start(w *httpd.Worker) error {
	cf := httpd.MainConf[mainConf](w.HTTP, Module)
	if !cf.written {
		return nil
	}
	secret, err := cf.secret()
	if err != nil {
		return err
	}
	counts, err := zone.OpenDict(cf.counts)
	if err != nil {
		return err
	}
	cache, err := zone.OpenDict(cf.cache)
	if err != nil {
		return err
	}
	healths, err := zone.OpenDict(cf.healths)
	if err != nil {
		return err
	}
	g := &worker{main: cf, model: plane.NewModel(), loop: w.Loop, log: &w.Cycle.Log}
	if g.meter, err = meter.Open(cf.meter); err != nil {
		return err
	}
	seconds, err := live.Open(cf.live)
	if err != nil {
		return err
	}
	g.live = seconds.Worker()
	if g.ring, err = live.OpenRing(cf.ring); err != nil {
		return err
	}
	if g.bells, err = zone.OpenBells(cf.bells); err != nil {
		return err
	}
	if g.untrusted, err = cf.readUntrusted(); err != nil {
		return err
	}
	var once sync.Once
	g.meter.Full = func() {
		once.Do(func() {
			w.Cycle.Log.Warn(nil, "gateway: there is no memory for more series of metrics: what is new is counted as \"%s\"", meter.Other)
		})
	}
	env := &plugin.Env{Worker: w, Log: &w.Cycle.Log, Dict: counts, Cache: cache, Bells: g.bells, Meter: g.meter, Data: cf.data, Zones: zone.Of(w.Cycle), Known: func() plugin.Known { return g.keeper.Now() }}
	node, err := cf.node()
	if err != nil {
		return err
	}
	kinds, err := cf.lua.serve(node, env)
	if err != nil {
		return err
	}
	g.keeper = plane.NewKeeper(kinds, env, &w.Cycle.Log)
	g.keeper.Health = health.NewTable(healths)
	g.keeper.Lists = &lists.Book{Loop: w.Loop, Dict: counts, Log: func(text string) { w.Cycle.Log.Error(nil, "gateway: %s", text) }}
	g.client = &feed.Client{Loop: w.Loop, Path: cf.feedPath(), Secret: secret,
		Worker: feed.Worker{Pid: os.Getpid(), Index: w.Proc.Index}, Handle: g.take, Lost: func(err error, times int) { g.lost(w, err, times) }}
	cf.worker = g
	if !w.Cycle.Core.MasterProcess.V {
		// There is no other process: this one is the gateway process too.
		go func() {
			if err := cf.run(w.Proc); err != nil {
				w.Cycle.Log.Alert(err, "gateway process failed")
			}
		}()
	}
	w.Proc.CountPeers(g.keeper.Usable)
	g.begin(w)
	w.Loop.Go(g.client.Run)
	w.Loop.Go(func() {
		for !w.Proc.Exiting() {
			event.Sleep(reportEvery)
			g.report()
			g.gauge()
		}
	})
	return nil
}

// firstWait is how long a new worker waits for the gateway process. It does so before it
// serves, so that a worker which takes over at a reload knows what the old one knew.
const firstWait = 1500 * time.Millisecond

// begin takes the state from the gateway process, or else the last good one.
func (g *worker) begin(w *httpd.Worker) {
	state, err := feed.Fetch(g.client.Path, g.client.Secret, g.client.Worker, cmp.Or(passer.Wait, firstWait))
	if err == nil {
		err = g.take(feed.State, state)
	}
	if err == nil || len(g.main.saved) == 0 {
		g.main.saved = nil
		return
	}
	log := &w.Cycle.Log
	log.Error(nil, "gateway: nothing is heard from the gateway process (%v): beginning with the last good state", err)
	if err := g.take(feed.State, g.main.saved); err != nil {
		log.Error(nil, "gateway: the last good state in \"%s\" is of no use: %s", g.main.lastGood(), err)
	}
	g.main.saved = nil
}

func stop(w *httpd.Worker) {
	if g := httpd.MainConf[mainConf](w.HTTP, Module).worker; g != nil {
		g.client.Close()
		g.bells.Close()
	}
}

// lost is told of each failure to hear from the gateway process: one line when it begins.
func (g *worker) lost(w *httpd.Worker, err error, times int) {
	if times != 10 || w.Proc.Exiting() {
		return // it may be starting again
	}
	w.Cycle.Log.Error(nil, "gateway: nothing is heard from the gateway process (%v); routes stay as of revision %d", err, g.keeper.Now().Revision)
}

// take is what the feed brings.
func (g *worker) take(k feed.Kind, body []byte) error {
	switch k {
	case feed.State:
		var m stateMessage
		if err := json.Unmarshal(body, &m); err != nil {
			return err
		}
		s, err := m.state(g.model)
		if err != nil {
			return err
		}
		if len(m.Names) > 0 {
			g.keeper.Resolved(m.Names)
		}
		g.keeper.Load(s, m.Revision)
		g.keeper.JudgeAll() // what was said meanwhile has been missed
		g.serves(m.Revision)
	case feed.Change:
		revision, changes, err := readChanges(body)
		if err != nil {
			return err
		}
		if err := g.keeper.Apply(changes, revision); err != nil {
			return err
		}
		g.serves(revision)
	case names:
		var m map[string][]netip.Addr
		if err := json.Unmarshal(body, &m); err != nil {
			return err
		}
		g.keeper.Resolved(m)
	case judged:
		var upstreams []string
		if err := json.Unmarshal(body, &upstreams); err != nil {
			return err
		}
		g.keeper.Now().Judge(upstreams)
	default:
		return fmt.Errorf("frame of unknown kind %d", k)
	}
	return nil
}

// serves tells the gateway process that requests go by a revision now.
func (g *worker) serves(revision uint64) {
	g.tell(applied, strconv.AppendUint(nil, revision, 10), nil)
}
