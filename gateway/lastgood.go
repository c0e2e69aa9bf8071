package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"moongate/gateway/entity"
	"moongate/gateway/store"
	"net/netip"
	"os"
	"time"
)

// keep writes the last good state when it has changed. It rests long enough for the
// writing of a large state to take a small share of a processor while there are many
// changes.
func (o *office) keep(ctx context.Context) error {
	const (
		least = 200 * time.Millisecond
		most  = 10 * time.Second
		share = 50
	)
	for {
		began := time.Now()
		o.write()
		rest := min(max(least, share*time.Since(began)), most)
		select {
		case <-ctx.Done():
			return nil
		case <-o.save:
		}
		select {
		case <-ctx.Done():
		case <-time.After(rest):
		}
	}
}

func (o *office) write() {
	var (
		state    *entity.State
		revision uint64
		names    map[string][]netip.Addr
	)
	o.feed.Publish(func() []byte {
		state, revision, names = o.state, o.revision, maps.Clone(o.names.known)
		return nil
	})
	b, err := snapshot(state, revision, names)
	if err == nil {
		err = store.Replace(o.main.lastGood(), b)
	}
	if err != nil {
		o.log(err.Error())
	}
}

// lastGood reads the state of the file, nil if there is none that is of use.
func (o *office) lastGood() *entity.State {
	b, err := os.ReadFile(o.main.lastGood())
	if err != nil {
		return nil
	}
	var m stateMessage
	if err := json.Unmarshal(b, &m); err != nil {
		o.log(fmt.Sprintf("%s: %s", o.main.lastGood(), err))
		return nil
	}
	s, err := m.state(o.model)
	if err != nil {
		o.log(fmt.Sprintf("%s: %s", o.main.lastGood(), err))
		return nil
	}
	return s
}
