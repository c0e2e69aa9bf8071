package gateway

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/admin"
	"moongate/gateway/entity"
	"moongate/gateway/meter"
	"moongate/gateway/plugin/concurrencylimiting"
	"moongate/gateway/plugin/proxycache"
	"moongate/gateway/plugin/ratelimiting"
)

// inspector looks into shared memory for the Admin API. It implements admin.Inspector.
type inspector struct {
	*office
	kept *proxycache.Stores
	list []inspected
}

// inspected is a dict that may be looked at.
type inspected struct {
	name     string
	dict     *zone.Dict
	prefixes []string // only keys that begin so are shown; nil: all
	closed   bool     // only how full it is
}

// newInspector lists dicts: those of Lua, and of the gateway's own those that are known to
// hold no secrets. Whatever else the gateway keeps is left out.
func (o *office) newInspector(zones []*zone.Zone) (*inspector, error) {
	kept, err := o.kept()
	if err != nil {
		return nil, err
	}
	in := &inspector{office: o, kept: kept}
	for _, z := range zones {
		one := inspected{name: z.Name}
		switch {
		case z.Kind != zone.KindDict || z.Segment() == nil:
			continue
		case z == o.main.counts:
			one.prefixes = []string{"rate-limiting:", "concurrency-limiting:", "circuit-breaker:"}
		case z == o.main.cache:
			one.closed = true // whole answers of services
		case z == o.main.healths:
		case strings.HasPrefix(z.Name, "gateway"):
			continue
		}
		if one.dict, err = zone.OpenDict(z); err != nil {
			return nil, err
		}
		in.list = append(in.list, one)
	}
	return in, nil
}

// Dicts implements admin.Inspector, as do the methods below.
func (in *inspector) Dicts() (list []admin.DictInfo) {
	for i := range in.list {
		d := in.list[i].dict
		list = append(list, admin.DictInfo{Name: in.list[i].name, Capacity: d.Capacity(), Free: d.FreeSpace(), Keys: d.Len()})
	}
	return list
}

func (in *inspector) find(name string) *inspected {
	for i := range in.list {
		if in.list[i].name == name && !in.list[i].closed {
			return &in.list[i]
		}
	}
	return nil
}

func (one *inspected) shows(key string) bool {
	return one.prefixes == nil || slices.ContainsFunc(one.prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

// mostSteps bounds how much of a dict is looked through for one page.
const mostSteps = 4096

func (in *inspector) Entries(dict, prefix string, from, size int) (list []admin.DictEntry, next int, ok bool) {
	one := in.find(dict)
	if one == nil {
		return nil, 0, false
	}
	event.UpdateTime()
	scan := one.dict.Scanner(from)
	scan.Prefix = prefix
	for range mostSteps {
		var items []zone.Item
		items, next = scan.Next(size-len(list), event.UnixNano()/1e6)
		for i := range items {
			if one.shows(items[i].Key) {
				list = append(list, entryOf(&items[i]))
			}
		}
		if next < 0 || len(list) >= size {
			break
		}
	}
	return list, next, true
}

func entryOf(it *zone.Item) admin.DictEntry {
	e := admin.DictEntry{Key: strings.ToValidUTF8(it.Key, "\uFFFD"), Size: it.Size}
	switch it.Value.Type {
	case zone.Bool:
		e.Type, e.Value = "boolean", it.Value.Bool
	case zone.Number:
		e.Type, e.Value = "number", numberOf(it.Value.Num)
	case zone.List:
		e.Type, e.Value = "list", it.Size
	default:
		e.Type, e.Value = "string", strings.ToValidUTF8(string(it.Value.Str), "\uFFFD")
	}
	if it.Left != 0 {
		e.Expires = new(float64(it.Left) / 1000)
	}
	return e
}

// numberOf is a number as JSON can tell it: it has no infinities.
func numberOf(f float64) any {
	if f-f != 0 {
		return nil
	}
	return f
}

func (in *inspector) Drop(dict, key string) bool {
	one := in.find(dict)
	if one == nil || !one.shows(key) {
		return false
	}
	event.UpdateTime()
	now := event.UnixNano() / 1e6
	if v, err := one.dict.Get(key, now, nil); err == nil && v.Type == zone.Nil {
		return false
	}
	return one.dict.Delete(key, now) == nil
}

// limited is a configuration of a plugin that limits.
type limited struct {
	id    string
	fixed *ratelimiting.Standings // or else the number of requests under way is limited
	most  int64
}

func (in *inspector) Limits(identifier string) (list []admin.LimitInfo) {
	by := map[string]limited{}
	for d := range in.desired.State().All("plugins") {
		e, err := entity.Decode[entity.Plugin](d)
		if err != nil {
			continue
		}
		switch e.Name {
		case ratelimiting.Plugin.Name:
			if s, err := ratelimiting.NewStandings(e.ID, e.Config); err == nil && s != nil {
				by[e.ID] = limited{id: e.ID, fixed: s}
			}
		case concurrencylimiting.Plugin.Name:
			if c, err := entity.Decode[struct {
				Config struct {
					Limit int64 `json:"limit"`
				} `json:"config"`
			}](d); err == nil {
				by[e.ID] = limited{id: e.ID, most: c.Config.Limit}
			}
		}
	}
	one := in.find(in.main.counts.Name)
	if one == nil || len(by) == 0 {
		return nil
	}
	now := time.Now()
	scan := one.dict.Scanner(0)
	for range mostSteps {
		items, next := scan.Next(128, now.UnixMilli())
		for i := range items {
			_, rest, _ := strings.Cut(items[i].Key, ":")
			id, _, _ := strings.Cut(rest, ":")
			if l, ok := by[id]; ok {
				list = append(list, l.read(one.dict, &items[i], identifier, now)...)
			}
		}
		if next < 0 || len(list) > mostLimits {
			break
		}
	}
	slices.SortFunc(list, func(a, b admin.LimitInfo) int { // those who are nearest to their limits first
		return cmp.Or(cmp.Compare(a.Remaining, b.Remaining), cmp.Compare(b.Used, a.Used), cmp.Compare(a.Identifier, b.Identifier))
	})
	return list
}

// mostLimits bounds how many are read before they are sorted.
const mostLimits = 10000

func (l *limited) read(d *zone.Dict, it *zone.Item, identifier string, now time.Time) (list []admin.LimitInfo) {
	one := admin.LimitInfo{Plugin: concurrencylimiting.Plugin.Name, PluginID: l.id, Policy: "local"}
	who, ok := concurrencylimiting.Identifier(l.id, it.Key)
	if l.fixed != nil {
		one.Plugin = ratelimiting.Plugin.Name
		who, ok = l.fixed.Identifier(it.Key)
	}
	if one.Identifier = strings.ToValidUTF8(who, "\uFFFD"); !ok || identifier != "" && one.Identifier != identifier {
		return nil
	}
	if l.fixed == nil {
		if one.Used = concurrencylimiting.UnderWay(d, it.Value.Str); one.Used == 0 {
			return nil
		}
		one.Limit, one.Window, one.Remaining = l.most, "now", max(0, l.most-one.Used)
		return []admin.LimitInfo{one}
	}
	for _, s := range l.fixed.Read(it.Value.Str, now.UnixMicro()) {
		one.Limit, one.Window, one.Used, one.Remaining, one.Reset = s.Limit, s.Window, s.Used, s.Remaining, float64(s.Reset)
		list = append(list, one)
	}
	return list
}

func (in *inspector) Caches() (list []admin.CacheInfo) {
	event.UpdateTime()
	hits, misses := map[string]uint64{}, map[string]uint64{}
	in.gauges.series.table.Each(func(b *meter.Block) {
		if key := b.Key(); key.Kind == meter.OfCache {
			hits[key.IDs[0]], misses[key.IDs[0]] = b.Hits.Load(), b.Misses.Load()
		}
	})
	entries, bytes := in.kept.Sum()
	for d := range in.desired.State().All("plugins") {
		if e, err := entity.Decode[entity.Plugin](d); err == nil && e.Name == proxycache.Plugin.Name {
			kind := "memory"
			if proxycache.OnDisk(e.Config) {
				kind = "disk"
			}
			list = append(list, admin.CacheInfo{Plugin: e.ID, Name: cmp.Or(e.InstanceName, e.Name), Kind: kind, Entries: entries[e.ID], Bytes: bytes[e.ID], Hits: hits[e.ID], Misses: misses[e.ID]})
		}
	}
	return list
}

func (in *inspector) CacheEntries(plugin, prefix string, from, size int) (list []admin.CacheEntry, next int, ok bool) {
	d := in.desired.State().Find("plugins", plugin)
	if d == nil {
		return nil, 0, false
	}
	event.UpdateTime()
	kept, next := in.kept.Entries(d.ID, prefix, from, size)
	for _, k := range kept {
		list = append(list, admin.CacheEntry{Key: k.Key, Status: k.Status, Bytes: k.Bytes, Age: float64(k.Age) / 1000, Fresh: float64(k.Fresh) / 1000, Varies: k.Varies, Content: k.ContentType})
	}
	return list, next, true
}
