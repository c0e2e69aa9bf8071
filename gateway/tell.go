package gateway

import (
	"sync"

	"moongate/gateway/feed"
)

// reports are what this worker has to tell the gateway process, one after another.
type reports struct {
	mu   sync.Mutex
	list []report
	busy bool
}

type report struct {
	kind feed.Kind
	body []byte
	lost func() // nobody has heard it; may be nil
}

// tell sends a report soon, without keeping whoever has it.
func (g *worker) tell(k feed.Kind, body []byte, lost func()) {
	q := &g.reports
	q.mu.Lock()
	q.list = append(q.list, report{k, body, lost})
	busy := q.busy
	q.busy = true
	q.mu.Unlock()
	if !busy {
		g.loop.Go(g.sendReports)
	}
}

func (g *worker) sendReports() {
	q := &g.reports
	for {
		q.mu.Lock()
		list := q.list
		q.list = nil
		q.busy = len(list) > 0
		q.mu.Unlock()
		if len(list) == 0 {
			return
		}
		for _, r := range list {
			if !g.client.Send(r.kind, r.body) && r.lost != nil {
				r.lost()
			}
		}
	}
}
