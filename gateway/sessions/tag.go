package sessions

import (
	"encoding/hex"
	"errors"
	"strconv"

	"moongate/gateway/redis"
)

// Shared sessions may have tags, by which all that have one are ended together: those of a
// person, say. A tag is a sorted set of keys, the newest of which count.

const (
	// mostTagged is how many sessions of one tag are known.
	mostTagged = 1000
	// tagged is for how long a tag is kept whose sessions have no end, in seconds.
	tagged = 30 * 24 * 3600
)

var tagScript = redis.NewScript(`redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[3])
return redis.call('EXPIRE', KEYS[1], ARGV[4])`)

var errUnshared = errors.New("only sessions in Redis have tags")

// tagKeys are where a tag lies, first by the secret of now, then by those of before; who
// reads Redis can't tell whose it is.
func (s *Store) tagKeys(tag []string) (keys []string) {
	for _, secret := range s.sealer.secrets {
		name := s.sealer.nameBy(secret, append([]string{"tag"}, tag...))
		keys = append(keys, "moongate:session:tag:"+hex.EncodeToString(name[:]))
	}
	return keys
}

// Tag gives a session that has been saved a tag, of several words.
func (s *Store) Tag(ss *Session, tag ...string) error {
	if s.redis == nil {
		return errUnshared
	}
	keep := int64(tagged)
	if s.c.Absolute > 0 {
		keep = int64(s.c.Absolute) + 1
	}
	_, err := tagScript.Run(s.redis, s.tagKeys(tag)[:1], []string{strconv.FormatInt(s.now().UnixMilli(), 10), key(ss.id), strconv.Itoa(mostTagged), strconv.FormatInt(keep, 10)})
	return err
}

// EndTagged has all sessions with a tag forgotten.
func (s *Store) EndTagged(tag ...string) error {
	if s.redis == nil {
		return errUnshared
	}
	for _, k := range s.tagKeys(tag) {
		list, err := s.redis.Do("ZRANGE", k, "0", "-1")
		if err != nil {
			return err
		}
		for _, r := range list.List {
			if _, err := s.redis.Do("DEL", r.Text); err != nil {
				return err // whoever asked may ask again: the tag is there still
			}
		}
		if _, err := s.redis.Do("DEL", k); err != nil {
			return err
		}
	}
	return nil
}
