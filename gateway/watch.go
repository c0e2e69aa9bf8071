package gateway

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"moongate/core/cycle"
	"moongate/edge/sys/proc"
	"moongate/engine/zone"
	"moongate/gateway/admin"
	"moongate/gateway/live"
)

// watch tells the dashboard what goes on, second by second. It implements admin.Watch; one
// goroutine calls it.
type watch struct {
	*office
	reader *live.Reader
	board  *cycle.Board
	since  time.Time // when rows were read last
	all    time.Time // when cells were
	totals zone.Totals
	byPid  map[int]uint64        // requests of workers since all
	cpu    map[int]time.Duration // by pid, at all
	known  known
	recent *recent
}

// watched has the Admin API tell what goes on.
func (o *office) watched(w *cycle.Worker, opts *admin.Options) error {
	table, err := live.Open(o.main.live)
	if err != nil {
		return err
	}
	ring, err := live.OpenRing(o.main.ring)
	if err != nil {
		return err
	}
	now, recent := time.Now(), &recent{office: o, ring: ring}
	if opts.Inspector, err = o.newInspector(zone.Of(w.Cycle).All()); err != nil {
		return err
	}
	opts.Requests, opts.Logs = recent, logFiles(&w.Cycle.Files)
	opts.Watch = &watch{office: o, reader: table.NewReader(), board: w.Cycle.Board, since: now, all: now,
		totals: o.gauges.engine.Sum(), byPid: map[int]uint64{}, cpu: map[int]time.Duration{}, recent: recent}
	return nil
}

// perSecond makes rates of counts.
type perSecond float64

func over(d time.Duration) perSecond { return perSecond(max(d.Seconds(), 0.001)) }

func (p perSecond) of(n uint64) float64 { return rounded(float64(n) / float64(p)) }

// rounded has three digits behind the point: more nobody reads.
func rounded(f float64) float64 { return math.Round(f*1000) / 1000 }

// Second implements admin.Watch.
func (w *watch) Second(now time.Time) admin.Summary {
	w.recent.refresh(now)
	s, rate := w.reader.Read(), over(now.Sub(w.since))
	w.since = now
	for pid, n := range s.ByPid {
		w.byPid[pid] += n
	}
	t := w.gauges.engine.Sum()
	accepted := uint64(max(0, t.Accepted-w.totals.Accepted))
	w.totals = t
	c := w.counts()
	_, revision := w.desired.Now()
	return admin.Summary{
		Time: rounded(float64(now.UnixNano()) / 1e9), Node: w.gauges.node.Hostname, Revision: revision,
		RequestsPerSecond: rate.of(s.Requests), InPerSecond: rate.of(s.In), OutPerSecond: rate.of(s.Out),
		Latency:     admin.LiveLatency{P50: rounded(s.Took.Percentile(50)), P95: rounded(s.Took.Percentile(95)), P99: rounded(s.Took.Percentile(99))},
		Errors:      admin.LiveErrors{Client: rate.of(s.Who[live.Client]), Gateway: rate.of(s.Who[live.Gateway]), Upstream: rate.of(s.Who[live.Upstream])},
		Status:      admin.LiveStatuses{Informational: rate.of(s.Statuses[1]), Success: rate.of(s.Statuses[2]), Redirection: rate.of(s.Statuses[3]), ClientError: rate.of(s.Statuses[4]), ServerError: rate.of(s.Statuses[5])},
		Connections: admin.LiveConns{Active: c.Active, Reading: c.Reading, Writing: c.Writing, Waiting: c.Waiting, Accepted: rate.of(accepted)},
	}
}

// watchFor is how long workers go on counting cells when nobody asks for them any more.
const watchFor = 3 * time.Second

// All implements admin.Watch.
func (w *watch) All(now time.Time, s admin.Summary) *admin.Live {
	took := now.Sub(w.all)
	w.all = now
	w.reader.Watch(now, now.Add(watchFor))
	var second live.Second
	w.reader.Cells(&second, now)
	rate := over(took)
	nodes, _ := w.nodes.List(context.Background())
	l := &admin.Live{Summary: s, Workers: w.workers(rate), VirtualAddresses: admin.VirtualAddresses(nodes)}
	w.known.at(w)
	l.Routes, l.Services = w.known.routes(second.Series, rate)
	l.Releases = w.known.releases(second.Series, rate)
	l.Targets = w.known.targets(second.Series, rate, w.checks.table)
	return l
}

// workers are the processes that serve, and what they have used since All was called last.
func (w *watch) workers(rate perSecond) []admin.LiveWorker {
	conns := map[int]uint64{}
	w.gauges.engine.Each(func(pid int, r *zone.Row) { conns[pid] += uint64(max(0, r.Active.Load())) })
	list, cpu := []admin.LiveWorker{}, map[int]time.Duration{}
	for i := range cycle.Rows {
		r := w.board.Row(i)
		pid := int(r.Pid.Load())
		if pid == 0 || r.Worker.Load() < 0 {
			continue
		}
		one := admin.LiveWorker{ID: int(r.Worker.Load()), Pid: pid, State: "serving", RequestsPerSecond: rate.of(w.byPid[pid]), Connections: conns[pid]}
		if r.Exiting.Load() != 0 {
			one.State = "ending"
		}
		one.Memory, _ = proc.Resident(pid)
		if used, ok := proc.CPU(pid); ok {
			cpu[pid] = used
			if was, ok := w.cpu[pid]; ok {
				one.CPU = rounded((used - was).Seconds() / float64(rate))
			}
		}
		list = append(list, one)
	}
	w.cpu = cpu
	clear(w.byPid)
	slices.SortFunc(list, func(a, b admin.LiveWorker) int {
		return cmp.Or(cmp.Compare(a.State, b.State)*-1, a.ID-b.ID, a.Pid-b.Pid)
	})
	return list
}
