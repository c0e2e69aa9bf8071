package kafkalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"moongate/gateway/plugin/logging"
)

// sink is a client, made when there is something to send.
type sink struct {
	options []kgo.Opt
	client  *kgo.Client
}

// Write implements logging.Sink. What has failed is moved behind what is done.
func (s *sink) Write(batch [][]byte) (int, error) {
	if s.client == nil {
		c, err := kgo.NewClient(s.options...)
		if err != nil {
			return 0, err
		}
		s.client = c
	}
	records := make([]*kgo.Record, len(batch))
	at := make(map[*kgo.Record]int, len(batch))
	for i, b := range batch {
		key, value := splitMessage(b)
		records[i] = &kgo.Record{Key: key, Value: value}
		at[records[i]] = i
	}
	var done, never, again [][]byte
	var why, hopeless error
	for _, r := range s.client.ProduceSync(context.Background(), records...) {
		message := batch[at[r.Record]]
		switch {
		case r.Err == nil:
			done = append(done, message)
		case errors.Is(r.Err, kerr.MessageTooLarge):
			never, hopeless = append(never, message), fmt.Errorf("%w: %w", logging.ErrNever, r.Err)
		default:
			again, why = append(again, message), r.Err
		}
	}
	n := copy(batch, done)
	copy(batch[n+copy(batch[n:], never):], again)
	if hopeless != nil {
		return n, hopeless
	}
	return n, why
}

// Close implements logging.Sink.
func (s *sink) Close() {
	if s.client != nil {
		s.client.Close()
		s.client = nil
	}
}
