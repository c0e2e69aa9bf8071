package luaplugin

import (
	"errors"
	"strconv"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// cacheLetter begins the keys of kong.cache, in memory where others keep answers.
const cacheLetter = "k"

// mostCached is the longest value that is kept.
const mostCached = 1 << 20

var (
	errNoCache = errors.New("kong.cache is for workers, and is not there where schemas are judged")
	errTooLong = errors.New("the value is too long")
)

// cached are the functions of kong.cache.
func (p *Plugins) cached() []httpd.HostFunc {
	with := func(n int, do func(d *zone.Dict, key string, args []string) (string, bool, error)) func(*httpd.Request, []string) (string, bool, error) {
		return func(_ *httpd.Request, args []string) (string, bool, error) {
			if p.Cache == nil {
				return "", false, errNoCache
			}
			if len(args) < n {
				return "", false, errArgs
			}
			return do(p.Cache, cacheLetter+args[0], args[1:])
		}
	}
	return []httpd.HostFunc{
		{Name: "cache_get", Run: with(1, func(d *zone.Dict, key string, _ []string) (string, bool, error) {
			v, err := d.Get(key, clock(), nil)
			return string(v.Str), err == nil && v.Type == zone.String, nil
		})},
		{Name: "cache_left", Run: with(1, func(d *zone.Dict, key string, _ []string) (string, bool, error) {
			ms, err := d.TTL(key, clock())
			return strconv.FormatFloat(float64(ms)/1000, 'f', 3, 64), err == nil && ms >= 0, nil
		})},
		{Name: "cache_set", Run: with(3, func(d *zone.Dict, key string, args []string) (string, bool, error) {
			if err := keep(d, key, args[0], args[1]); err != nil {
				return err.Error(), true, nil
			}
			return "", false, nil
		})},
		{Name: "cache_drop", Run: with(1, func(d *zone.Dict, key string, _ []string) (string, bool, error) {
			return "", false, d.Delete(key, clock())
		})},
	}
}

// keep stores a value for so many seconds, 0 for ever, in place of what was not used for
// longest.
func keep(d *zone.Dict, key, text, seconds string) error {
	if len(text) > mostCached {
		return errTooLong
	}
	s, err := strconv.ParseFloat(seconds, 64)
	if err != nil {
		return err
	}
	ms := int64(s * 1000)
	if s > 0 && ms == 0 {
		ms = 1
	}
	const tries = 16 // each throws out some of what is old
	for range tries {
		if _, err = d.Set(key, zone.Value{Type: zone.String, Str: []byte(text)}, ms, clock()); !errors.Is(err, zone.ErrNoMemory) {
			break
		}
	}
	return err
}

func clock() int64 { return event.UnixNano() / 1e6 }
