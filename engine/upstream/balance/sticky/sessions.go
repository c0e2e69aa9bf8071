package sticky

import (
	"crypto/md5"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
)

// Sessions is what has been learned, in memory that all workers share and that
// outlives a reload: the MD5 of what a client brings leads to a SID. A session that
// is not used for a time is forgotten.
type Sessions struct {
	Zone    *zone.Zone
	Timeout time.Duration

	dict *zone.Dict
}

func (s *Sessions) open() (err error) {
	s.dict, err = zone.OpenDict(s.Zone)
	return err
}

func now() int64 { return event.UnixNano() / 1e6 }

// find gives the SID, "" when nothing is known.
func (s *Sessions) find(id string) string {
	key := md5.Sum([]byte(id))
	var room [32]byte
	v, err := s.dict.Get(string(key[:]), now(), room[:0])
	if err != nil || v.Type != zone.String {
		return ""
	}
	return string(v.Str)
}

// keep notes that id belongs to sid from now on; one that is not known only with
// create. warn is told when another one had to go for it.
func (s *Sessions) keep(id, sid string, create bool, warn func(text string)) {
	sum := md5.Sum([]byte(id))
	key, v := string(sum[:]), zone.Value{Type: zone.String, Str: []byte(sid)}
	ttl := s.Timeout.Milliseconds()
	if !create {
		s.dict.Replace(key, v, ttl, now())
		return
	}
	forced, err := s.dict.Set(key, v, ttl, now())
	if forced {
		warn("could not allocate node in sticky session zone \"" + s.Zone.Name + "\", expiring least recently used session")
	}
	if err != nil {
		warn("could not allocate node in sticky session zone \"" + s.Zone.Name + "\"")
	}
}
