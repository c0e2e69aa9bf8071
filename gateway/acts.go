package gateway

import (
	"context"
	"errors"
	"time"

	"moongate/engine/zone"
	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/plugin/proxycache"
)

// acts does on this node what revisions tell besides documents: answers are thrown out, a
// target is healthy. How far it is stands in the memory that outlives the gateway process,
// as the kept answers do: what was told while nobody listened is made up for.
type acts struct {
	history func(ctx context.Context, before uint64, limit int) ([]entity.Revision, error)
	do      func(*entity.Act) error
	done    *zone.Dict
	anew    bool // revisions are counted anew in each process
	log     func(text string)
}

const (
	actedKey = "acted"
	// mostMissed is how many revisions are looked through for acts; after more all kept
	// answers go, which is safe.
	mostMissed     = 1000
	historyTimeout = 5 * time.Second
)

func (a *acts) upTo() (uint64, bool) {
	v, err := a.done.Get(actedKey, now(), nil)
	return uint64(v.Num), err == nil && v.Type == zone.Number
}

func (a *acts) reached(revision uint64) {
	if err := a.done.SafeSet(actedKey, zone.Value{Type: zone.Number, Num: float64(revision)}, 0, now()); err != nil {
		a.log(err.Error())
	}
}

// begin makes up for what was told before the revision that the process begins with. A file
// counts its revisions from 1 in each process, and nobody else tells anything: nothing was
// missed.
func (a *acts) begin(ctx context.Context, revision uint64) {
	if a.anew {
		a.reached(revision)
		return
	}
	a.catchUp(ctx, revision)
}

// revision does what a revision tells, and what those told that did not come here.
func (a *acts) revision(ctx context.Context, r *entity.Revision) {
	last, known := a.upTo()
	if !known && r.Number == 1 {
		known = true // of a store that was empty nothing was missed
	}
	if !known || r.Number != last+1 || r.Who == desired.Loaded {
		a.catchUp(ctx, r.Number)
		return
	}
	a.all(r.Acts)
	a.reached(r.Number)
}

func (a *acts) all(list []entity.Act) {
	for i := range list {
		if err := a.do(&list[i]); err != nil {
			a.log(err.Error())
		}
	}
}

// catchUp does the acts of all revisions up to one. Where the history does not have them
// all, or is that of another store, nobody knows what was thrown out: everything is.
func (a *acts) catchUp(ctx context.Context, to uint64) {
	last, known := a.upTo()
	if !known {
		a.reached(to) // the memory is new: it holds nothing
		return
	}
	ask, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	missed, err := a.missed(ask, last, to)
	if err != nil {
		a.log("answers that plugins keep are thrown out: " + err.Error())
		missed = [][]entity.Act{{{Name: entity.Purge, Kind: "plugins"}}}
	}
	for i := range missed {
		a.all(missed[len(missed)-1-i])
	}
	a.reached(to)
}

// missed is what the revisions behind last tell, the latest first.
func (a *acts) missed(ctx context.Context, last, to uint64) (list [][]entity.Act, err error) {
	if to < last || to-last > mostMissed {
		return nil, errors.New("too many revisions were missed")
	}
	for before := to + 1; before > last+1; {
		page, err := a.history(ctx, before, int(min(100, before-last-1)))
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			if r.Number != before-1 {
				break
			}
			before--
			list = append(list, r.Acts)
		}
		if len(page) == 0 || page[len(page)-1].Number != before {
			return nil, errors.New("the history does not tell what was missed")
		}
	}
	return list, nil
}

// newActs makes them for this process.
func (o *office) newActs() (*acts, error) {
	done, err := zone.OpenDict(o.main.secrets)
	if err != nil {
		return nil, err
	}
	kept, err := o.kept()
	if err != nil {
		return nil, err
	}
	kind, _ := storeKind(o.main.store)
	return &acts{history: o.desired.Revisions, done: done, anew: kind == "file", log: o.log, do: func(a *entity.Act) error { return o.act(kept, a) }}, nil
}

func (o *office) act(kept *proxycache.Stores, a *entity.Act) error {
	s, _ := o.checks.now()
	switch a.Name {
	case entity.Purge:
		return purge(kept, s, a)
	case entity.Drain, entity.Undrain:
		return o.nodes.drain(a)
	case entity.Healthy, entity.Unhealthy:
		if d := s.Get("targets", a.ID); d != nil {
			t, err := entity.Decode[entity.Target](d)
			if err != nil {
				return err
			}
			return o.checks.overrule(t.Upstream.ID, a)
		}
	}
	return nil // it is gone, or another version of this program knows it
}

// purge throws out what the plugin of an act keeps, or each of them.
func purge(kept *proxycache.Stores, s *entity.State, a *entity.Act) error {
	switch {
	case a.Of == "" && a.ID != "":
		return kept.PurgeOf(a.ID)
	case a.Of == "":
		return kept.PurgeAll()
	case a.ID != "":
		return kept.Purge(a.ID, a.Of)
	}
	for d := range s.All("plugins") {
		if name, _ := d.Fields()["name"].(string); name == proxycache.Plugin.Name {
			if err := kept.Purge(d.ID, a.Of); err != nil {
				return err
			}
		}
	}
	return nil
}
