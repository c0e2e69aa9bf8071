package gateway

import (
	"context"
	"sync"

	"moongate/core/cycle"
)

// tasks are what goes on in the gateway process. They end in two steps: when the process
// shall end, first the Admin API does; it answers what it was asked, and waits for the
// workers while they are still told what is new.
type tasks struct {
	ctx, asked  context.Context // of all, and of the Admin API
	cancel, end context.CancelFunc
	all, api    sync.WaitGroup
	log         func(text string)
}

func newTasks(w *cycle.Worker) *tasks {
	t := &tasks{log: logger(w)}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	t.asked, t.end = context.WithCancel(t.ctx)
	go func() {
		select {
		case <-w.Done:
			t.end()
		case <-t.asked.Done():
		}
	}()
	return t
}

// stop ends all at once.
func (t *tasks) stop() {
	t.end()
	t.cancel()
}

// unlessEnding is an error that has another cause than the end of the process.
func (t *tasks) unlessEnding(err error) error {
	if t.asked.Err() != nil {
		return nil
	}
	return err
}

// serve has f run until the process ends, answer until the Admin API does. When one fails
// the process ends, and the master starts another one.
func (t *tasks) serve(f func() error)  { t.among(&t.all, f) }
func (t *tasks) answer(f func() error) { t.among(&t.api, f) }

func (t *tasks) among(g *sync.WaitGroup, f func() error) {
	g.Go(func() {
		if err := t.unlessEnding(f()); err != nil {
			t.log(err.Error())
			t.end()
		}
	})
}

// answered waits until the Admin API has ended, and has the others end.
func (t *tasks) answered() {
	<-t.asked.Done()
	t.api.Wait()
	t.cancel()
}

func logger(w *cycle.Worker) func(text string) {
	return func(text string) { w.Log.Error(nil, "gateway: %s", text) }
}
