package scripttest

import (
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// storm is get -c: so many clients at once, who share the requests. Of several ports,
// with commas between them, each client has one. Bodies are for tally; the last answer is
// nobody's.
func (w *world) storm(ts *testscript.TestScript, q *request) {
	ports := strings.Split(q.port, ",")
	todo := make(chan struct{}, q.times)
	for range q.times {
		todo <- struct{}{}
	}
	close(todo)
	var mu sync.Mutex
	var wg sync.WaitGroup
	var first error
	for i := range q.clients {
		one := *q
		one.port = ports[i%len(ports)]
		wg.Go(func() {
			for range todo {
				r, err := w.do(ts, &one)
				mu.Lock()
				if err == nil {
					w.tally[strings.TrimSpace(r.body)]++
				} else if first == nil {
					first = err
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	ts.Check(first)
}
