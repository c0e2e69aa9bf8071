package store

import (
	"context"

	"moongate/gateway/entity"
)

// Follow is Watch for a store whose writes all happen in this process: after gives the
// revisions after a number, news is rung by each write, done is closed with the store.
func Follow(ctx context.Context, news *Bell, done <-chan struct{}, after func(from uint64) ([]entity.Revision, error),
	from uint64, each func(entity.Revision) error) error {
	for {
		next := news.Next()
		batch, err := after(from)
		if err != nil {
			return err
		}
		for _, r := range batch {
			if err := each(r); err != nil {
				return err
			}
			from = r.Number
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-next:
		case <-done:
			return ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
