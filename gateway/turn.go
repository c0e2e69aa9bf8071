package gateway

import (
	"context"
	"encoding/binary"
	"os"
	"time"

	"moongate/core/cycle"
	"moongate/engine/zone"
)

// turnKey is where the gateway process whose turn it is says who it is.
const turnKey = "turn"

// takeTurn waits until the gateway process before this one has ended. After a reload both
// have the same sockets: were both to answer, a change made at one of them would be
// answered while workers that have gone to the other one don't know of it. Call end when
// this process has ended.
func (cf *mainConf) takeTurn(ctx context.Context, w *cycle.Worker) (end func(), err error) {
	d, err := zone.OpenDict(cf.secrets)
	if err != nil {
		return nil, err
	}
	t := &turn{dict: d, pid: uint64(os.Getpid()), generation: uint64(w.Cycle.Generation), runs: func(pid uint64) bool {
		for i := range cycle.Rows {
			if uint64(w.Cycle.Board.Row(i).Pid.Load()) == pid {
				return true
			}
		}
		return false
	}}
	return t.end, t.take(ctx)
}

// turn takes the turn or gives it back, in a step that nobody comes between (zone.Change).
type turn struct {
	dict            *zone.Dict
	pid, generation uint64                // a single process has the same pid in all generations
	runs            func(pid uint64) bool // one that was killed could not give its turn back
	mine, over      bool
}

func (t *turn) take(ctx context.Context) error {
	for {
		if err := t.step(); err != nil || t.mine {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (t *turn) end() {
	t.over = true
	t.step()
}

func (t *turn) step() error { return t.dict.Update(turnKey, turnSize, 0, now(), t) }

const turnSize = 16

// Change implements zone.Change.
func (t *turn) Change(mem []byte) {
	pid, generation := binary.NativeEndian.Uint64(mem), binary.NativeEndian.Uint64(mem[8:])
	t.mine = pid == t.pid && generation == t.generation
	switch {
	case t.over:
		if t.mine {
			clear(mem[:turnSize])
		}
	case pid == 0 || !t.runs(pid):
		binary.NativeEndian.PutUint64(mem, t.pid)
		binary.NativeEndian.PutUint64(mem[8:], t.generation)
		t.mine = true
	}
}
