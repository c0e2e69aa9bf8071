package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"moongate/engine/zone/zonetest"
	"moongate/gateway/desired"
	"moongate/gateway/entity"
)

// past is a history of revisions 1 to last, each of which tells to throw out the answer of
// its number; those up to gone are not kept any more.
type past struct {
	last, gone uint64
	err        error
}

func (p *past) Revisions(_ context.Context, before uint64, limit int) (list []entity.Revision, err error) {
	for n := min(before-1, p.last); n > p.gone && len(list) < limit; n-- {
		list = append(list, tells(n))
	}
	return list, p.err
}

func tells(n uint64) entity.Revision {
	return entity.Revision{Number: n, Acts: []entity.Act{{Name: entity.Purge, Of: fmt.Sprint(n)}}}
}

// What was told while nobody listened is made up for, once and in order; where it can't be
// known all goes.
func TestActs(t *testing.T) {
	all := []string{""}
	numbers := func(from, to int) (list []string) {
		for n := from; n <= to; n++ {
			list = append(list, fmt.Sprint(n))
		}
		return list
	}
	first, next := tells(1), tells(8)
	loaded := entity.Revision{Number: 8, Who: desired.Loaded}
	skips := entity.Revision{Number: 10, Who: "me"}
	for _, c := range []struct {
		name     string
		done     float64 // 0: the memory is new
		past     past
		revision *entity.Revision // nil: the process begins with 8
		want     []string
	}{
		{"new memory", 0, past{last: 8}, nil, nil},
		{"new memory, first revision", 0, past{last: 8}, &next, nil},
		{"the first of an empty store", 0, past{err: errors.New("need not be asked")}, &first, numbers(1, 1)},
		{"nothing is new", 8, past{last: 8}, nil, nil},
		{"some were missed", 5, past{last: 9}, nil, numbers(6, 8)},
		{"the next one", 7, past{err: errors.New("need not be asked")}, &next, numbers(8, 8)},
		{"one was loaded", 7, past{last: 8}, &loaded, numbers(8, 8)},
		{"some were skipped", 7, past{last: 10}, &skips, numbers(8, 10)},
		{"more than a page", 0.5, past{last: 400}, &entity.Revision{Number: 400}, numbers(1, 400)},
		{"the history is too short", 5, past{last: 8, gone: 6}, nil, all},
		{"the history can't be read", 5, past{last: 8, err: errors.New("away")}, nil, all},
		{"another store", 9, past{last: 8}, nil, all},
		{"too many", 0.5, past{last: 2000}, &entity.Revision{Number: 2000}, all},
	} {
		t.Run(c.name, func(t *testing.T) {
			var did []string
			a := &acts{history: c.past.Revisions, done: zonetest.Dict(t, 64<<10), log: func(s string) { t.Log(s) },
				do: func(a *entity.Act) error { did = append(did, a.Of); return errors.New("does not matter") }}
			if c.done > 0 {
				a.reached(uint64(c.done))
			}
			to := uint64(8)
			if c.revision == nil {
				a.begin(t.Context(), 8)
			} else {
				to = c.revision.Number
				a.revision(t.Context(), c.revision)
			}
			if n, known := a.upTo(); !slices.Equal(did, c.want) || n != to || !known {
				t.Errorf("did %v, want %v; up to %d", did, c.want, n)
			}
		})
	}
}

// The revisions of a file begin anew with each process: none was missed.
func TestActsOfFile(t *testing.T) {
	p := past{err: errors.New("must not be asked")}
	var did []string
	a := &acts{history: p.Revisions, done: zonetest.Dict(t, 64<<10), anew: true, log: func(s string) { t.Error(s) },
		do: func(a *entity.Act) error { did = append(did, a.Of); return nil }}
	a.reached(9)
	a.begin(t.Context(), 1)
	next := tells(2)
	a.revision(t.Context(), &next)
	if !slices.Equal(did, []string{"2"}) {
		t.Errorf("did %v", did)
	}
}
