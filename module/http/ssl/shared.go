package ssl

import (
	"time"

	"moongate/core/cycle"
	"moongate/engine/zone"

	"moongate/edge/sys/event"
)

// shared is a zone of sessions and ticket keys as package certs wants it. The
// memory behind a zone is there only once the process serves, so it is opened
// when it is first used.
type shared struct{ z *zone.Zone }

func (s shared) dict() (*zone.Dict, error) {
	if d, ok := s.z.Data.(*zone.Dict); ok {
		return d, nil
	}
	d, err := zone.OpenDict(s.z)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// openZones opens the memory before connections come, so that dict need not
// be guarded.
func openZone(z *zone.Zone) error {
	d, err := zone.OpenDict(z)
	if err == nil {
		z.Data = d
	}
	return err
}

func (s shared) Load(key []byte) ([]byte, bool) {
	d, err := s.dict()
	if err != nil {
		return nil, false
	}
	v, err := d.Get(string(key), now(), nil)
	if err != nil || v.Type != zone.String {
		return nil, false
	}
	return v.Str, true
}

func (s shared) Store(key, value []byte, until time.Time) error {
	d, err := s.dict()
	if err != nil {
		return err
	}
	var ttl int64
	if !until.IsZero() {
		if ttl = until.UnixMilli() - now(); ttl <= 0 {
			return nil
		}
	}
	_, err = d.Set(string(key), zone.Value{Type: zone.String, Str: value}, ttl, now())
	return err
}

func (s shared) Delete(key []byte) {
	if d, err := s.dict(); err == nil {
		_ = d.Delete(string(key), now())
	}
}

// The lock is an entry that only one process can add. It ends by itself if its
// holder dies.
const (
	lockName = "\x00lock"
	lockLife = 2000 // milliseconds
)

func (s shared) Lock() {
	d, err := s.dict()
	if err != nil {
		return
	}
	for range 2 * lockLife {
		if _, err := d.Add(lockName, zone.Value{Type: zone.Number, Num: 1}, lockLife, now()); err != zone.ErrExists {
			return
		}
		event.Sleep(time.Millisecond)
	}
}

func (s shared) Unlock() { s.Delete([]byte(lockName)) }

func now() int64 { return time.Now().UnixMilli() }

// ticketZone declares the small zone in which workers find the ticket keys of
// servers that have no other place for them.
func ticketZone(b *cycle.Builder) (*zone.Zone, error) {
	return zone.Of(b.Cycle).Declare("\x00ssl tickets", 64<<10, zone.KindSessions)
}
