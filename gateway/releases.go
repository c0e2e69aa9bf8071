package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/release"
	"moongate/gateway/schema"
)

// board is what is known of how the variants of releases do: what workers report, second
// by second, for as long as guards look back.
type board struct {
	mu sync.Mutex
	by map[string][]second // by the release's id, oldest first
}

type second struct {
	at time.Time
	pair
}

// longest is how far a guard may look back.
const longest = 24 * time.Hour

// add takes a worker's report.
func (b *board) add(now time.Time, report map[string]*pair) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by == nil {
		b.by = map[string][]second{}
	}
	at := now.Truncate(time.Second)
	for id, p := range report {
		list := b.by[id]
		if n := len(list); n > 0 && list[n-1].at.Equal(at) {
			list[n-1].merge(p)
			continue
		}
		b.by[id] = append(list, second{at, *p})
	}
}

func (p *pair) merge(o *pair) {
	for v := range p {
		p[v].Merge(&o[v])
	}
}

// sum is what happened since a time; what is older is forgotten.
func (b *board) sum(id string, since time.Time) (sum pair) {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.by[id]
	if len(list) == 0 {
		return sum
	}
	for len(list) > 0 && list[0].at.Before(since) {
		list = list[1:]
	}
	b.by[id] = list
	for i := range list {
		sum.merge(&list[i].pair)
	}
	return sum
}

// keep forgets releases that are no more.
func (b *board) keep(s *entity.State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id := range b.by {
		if s.Get("releases", id) == nil {
			delete(b.by, id)
		}
	}
}

// steer looks after releases, second by second: ramps go on, guards judge.
func (o *office) steer(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			s := o.desired.State()
			o.board.keep(s)
			for d := range s.All("releases") {
				e, err := entity.Decode[entity.Release](d)
				if err != nil {
					o.log(err.Error())
					continue
				}
				if patch, why := o.next(e, now); patch != nil {
					o.patch(ctx, e.ID, patch, why)
				}
			}
		}
	}
}

// next is what is to become of a release now; nil for nothing.
func (o *office) next(e *entity.Release, now time.Time) (patch map[string]any, why string) {
	if e.State != "running" {
		return nil, ""
	}
	if reason := o.judge(e, now); reason != "" {
		return map[string]any{"state": "rolled_back", "reason": reason}, "the guard of release " + e.Name
	}
	at := time.UnixMilli(int64(e.StepAt * 1000))
	switch {
	case len(e.Ramp) == 0:
		return nil, ""
	case e.StepAt == 0:
		return step(e, 0, now), "the ramp of release " + e.Name
	case e.Step+1 >= len(e.Ramp):
		return nil, ""
	}
	if d := e.Ramp[min(e.Step, len(e.Ramp)-1)].Duration; now.Sub(at) < time.Duration(d*float64(time.Second)) {
		return nil, ""
	}
	return step(e, e.Step+1, now), "the ramp of release " + e.Name
}

func step(e *entity.Release, n int, now time.Time) map[string]any {
	return map[string]any{"step": n, "step_at": float64(now.UnixMilli()) / 1000, "percentage": e.Ramp[n].Percentage}
}

// judge asks the guard: a reason to roll back, or "".
func (o *office) judge(e *entity.Release, now time.Time) string {
	g := e.Guard
	if g == nil {
		return ""
	}
	window := min(time.Duration(g.Window*float64(time.Second)), longest)
	sum := o.board.sum(e.ID, now.Add(-window))
	rule := release.Guard{Window: window, Requests: uint64(g.MinRequests), ErrorRate: g.MaxErrorRate, P95: milliseconds(g.MaxP95),
		Margin: g.ErrorRateMargin, P95Margin: milliseconds(g.P95Margin)}
	return rule.Check(&sum[release.Candidate], &sum[release.Baseline])
}

func milliseconds(f *float64) *time.Duration {
	if f == nil {
		return nil
	}
	return new(time.Duration(*f * float64(time.Millisecond)))
}

// patch changes a release as if somebody had asked the Admin API, unless it has been
// changed meanwhile.
func (o *office) patch(ctx context.Context, id string, patch map[string]any, why string) {
	was := o.desired.State().Get("releases", id)
	r, err := o.desired.Apply(ctx, desired.Write{Who: "gateway", Why: why, Do: func(s *entity.State, now time.Time) (*entity.Result, error) {
		if d := s.Get("releases", id); d == nil || was == nil || string(d.Raw) != string(was.Raw) {
			return &entity.Result{State: s}, nil
		}
		return s.Apply([]entity.Op{{Verb: entity.Patch, Kind: "releases", ID: id, Doc: schema.Normal(patch).(map[string]any)}}, now)
	}})
	switch {
	case err == nil && len(r.Changes) > 0:
		o.settle(ctx, r.Revision)
		o.notice(fmt.Sprintf("%s: %s", why, told(patch)))
	case err != nil && ctx.Err() == nil:
		o.log(why + ": " + err.Error())
	}
}

// told says in a log line what has become of a release.
func told(patch map[string]any) string {
	if state, ok := patch["state"]; ok {
		return fmt.Sprintf("%s: %s", state, patch["reason"])
	}
	return fmt.Sprintf("step %d, %v %%", patch["step"], patch["percentage"])
}

// hear takes a worker's counts.
func (o *office) hear(body []byte) {
	var report map[string]*pair
	if err := json.Unmarshal(body, &report); err != nil {
		o.log("a worker's counts: " + err.Error())
		return
	}
	o.board.add(time.Now(), report)
}
