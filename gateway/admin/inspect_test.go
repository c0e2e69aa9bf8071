package admin

import (
	"strconv"
	"strings"
	"testing"
)

// drawers are shared memory that tests look into: one dict with keys 0 to 9.
type drawers struct{ dropped map[string]bool }

func (d drawers) Dicts() []DictInfo {
	return []DictInfo{{Name: "d/1", Capacity: 1 << 20, Free: 4096, Keys: 10}}
}

func (d drawers) Entries(dict, prefix string, from, size int) (list []DictEntry, next int, ok bool) {
	if dict != "d/1" {
		return nil, 0, false
	}
	expires := 1.5
	for ; from < 10 && len(list) < size; from++ {
		if key := strconv.Itoa(from); strings.HasPrefix(key, prefix) {
			list = append(list, DictEntry{Key: key, Type: "number", Value: 5.5, Expires: &expires})
		}
	}
	if from == 10 {
		from = -1
	}
	return list, from, true
}

func (d drawers) Drop(dict, key string) bool {
	was := d.dropped[key]
	d.dropped[key] = true
	return dict == "d/1" && !was
}

func (d drawers) Limits(identifier string) []LimitInfo {
	if identifier != "" {
		return []LimitInfo{{Plugin: "rate-limiting", Identifier: identifier, Window: "minute", Limit: 5, Used: 2, Remaining: 3, Reset: 30}}
	}
	return make([]LimitInfo, 2*maxLimits)
}

func (d drawers) Caches() []CacheInfo {
	return []CacheInfo{{Plugin: "p", Name: "proxy-cache", Kind: "memory"}}
}

func (d drawers) CacheEntries(plugin, _ string, _, _ int) ([]CacheEntry, int, bool) {
	return []CacheEntry{{Key: "ab", Status: 200}}, -1, plugin == "p"
}

func TestInspect(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/inspect/dicts", "/inspect/dicts/x", "/inspect/limits", "/inspect/caches", "/inspect/caches/p/entries"} {
		w.must(404, "GET", path, "")
	}
	d := drawers{map[string]bool{}}
	w.h.Inspector = d
	if got := w.must(200, "GET", "/inspect/dicts", "")["data"].([]any); len(got) != 1 {
		t.Errorf("%v", got)
	}
	n := 0
	for next := any("/inspect/dicts/d%2F1?size=3"); next != nil; {
		page := w.must(200, "GET", next.(string), "")
		n += len(page["data"].([]any))
		if next = page["next"]; n > 10 {
			t.Fatal(next)
		}
	}
	if n != 10 {
		t.Errorf("%d entries", n)
	}
	if got := w.must(200, "GET", "/inspect/dicts/d%2F1?prefix=7", "")["data"].([]any); len(got) != 1 {
		t.Errorf("%v", got)
	}
	w.must(404, "GET", "/inspect/dicts/other", "")
	w.must(400, "GET", "/inspect/dicts/d%2F1?offset=-1", "")
	w.must(400, "GET", "/inspect/dicts/d%2F1?size=0", "")
	w.must(204, "DELETE", "/inspect/dicts/d%2F1/a%2Fb%20c", "")
	w.must(404, "DELETE", "/inspect/dicts/d%2F1/a%2Fb%20c", "")
	if !d.dropped["a/b c"] {
		t.Errorf("%v", d.dropped)
	}
	w.must(204, "DELETE", "/inspect/dicts/d%2F1/session:%E6%9C%88%E9%97%A8-0123456789", "")
	if list, _ := w.audit(10, ""); told(list) != `the-admin entry_dropped d/1 (threw out "session:" and 17 more bytes)`+"\n"+`the-admin entry_dropped d/1 (threw out "a/" and 3 more bytes)` {
		t.Errorf("audit:\n%s", told(list))
	}
	if got := w.must(200, "GET", "/inspect/limits?identifier=x", "")["data"].([]any); len(got) != 1 {
		t.Errorf("%v", got)
	}
	if got := w.must(200, "GET", "/inspect/limits", "")["data"].([]any); len(got) != maxLimits {
		t.Errorf("%d", len(got))
	}
	w.must(200, "GET", "/inspect/caches", "")
	w.must(200, "GET", "/inspect/caches/p/entries", "")
	w.must(404, "GET", "/inspect/caches/q/entries", "")
	for range maxInspect {
		w.h.lookers <- struct{}{}
	}
	w.must(503, "GET", "/inspect/dicts", "")
}
