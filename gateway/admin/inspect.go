package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"
)

// Inspector looks into memory that workers share. Memory in which the gateway keeps secrets
// is none that it knows.
type Inspector interface {
	Dicts() []DictInfo
	// Entries gives some entries of a dict whose keys begin with a prefix, from a place on,
	// and where to go on; -1 at the end. ok is false if there is no such dict, or what is in it
	// is not shown.
	Entries(dict, prefix string, from, size int) (list []DictEntry, next int, ok bool)
	// Drop throws out an entry; false if there is none.
	Drop(dict, key string) bool
	// Limits are the counts of limiting plugins for an identifier, or for all if it is "".
	Limits(identifier string) []LimitInfo
	Caches() []CacheInfo
	// CacheEntries are some of what one configuration keeps, as Entries.
	CacheEntries(plugin, prefix string, from, size int) (list []CacheEntry, next int, ok bool)
}

// DictInfo is a shared dict.
type DictInfo struct {
	Name     string `json:"name"`
	Capacity int64  `json:"capacity"` // bytes
	Free     int64  `json:"free"`     // in whole pages
	Keys     int    `json:"keys"`
}

// DictEntry is one entry. Of a long string Value is the beginning, of a list its length.
type DictEntry struct {
	Key     string   `json:"key"`
	Type    string   `json:"type"` // boolean, number, string, list
	Value   any      `json:"value"`
	Size    int      `json:"size"` // bytes of a string, elements of a list
	Expires *float64 `json:"expires_in"`
}

// LimitInfo is how one who is limited stands by one window.
type LimitInfo struct {
	Plugin     string  `json:"plugin"`
	PluginID   string  `json:"plugin_id"`
	Policy     string  `json:"policy"`
	Identifier string  `json:"identifier"`
	Limit      int64   `json:"limit"`
	Window     string  `json:"window"` // second to year; now: what is under way
	Used       int64   `json:"used"`
	Remaining  int64   `json:"remaining"`
	Reset      float64 `json:"reset_in"`
}

// CacheInfo is what one configuration of proxy-cache keeps. Hits and misses are those since
// the memory was made.
type CacheInfo struct {
	Plugin  string `json:"plugin"` // the id
	Name    string `json:"name"`
	Kind    string `json:"kind"` // memory, disk
	Entries int    `json:"entries"`
	Bytes   int64  `json:"bytes"`
	Hits    uint64 `json:"hits"`
	Misses  uint64 `json:"misses"`
}

// CacheEntry is one answer that is kept.
type CacheEntry struct {
	Key     string  `json:"key"` // X-Cache-Key
	Status  int     `json:"status"`
	Bytes   int64   `json:"bytes"`
	Age     float64 `json:"age"`
	Fresh   float64 `json:"fresh_for"` // below 0: it is stale
	Varies  bool    `json:"varies"`    // it stands for several, by headers of the client
	Content string  `json:"content_type"`
}

const (
	maxLimits  = 1000
	maxInspect = 2 // at once: each looks through much memory
)

// inspect does something with memory, if there is any and not too many do.
func (c *call) inspect(f func(i Inspector) *reply) *reply {
	if c.Inspector == nil {
		return notFound()
	}
	leave, free := enter(c.lookers)
	if !free {
		return busy()
	}
	defer leave()
	return f(c.Inspector)
}

func (c *call) dicts() *reply {
	return c.inspect(func(i Inspector) *reply { return ok(map[string]any{"data": append([]DictInfo{}, i.Dicts()...)}) })
}

func (c *call) dictEntries() *reply {
	return c.pageFrom("/inspect/dicts/"+url.PathEscape(c.path[2]), func(i Inspector, from, size int) (any, int, bool) {
		list, next, ok := i.Entries(c.path[2], c.query["prefix"], from, size)
		return append([]DictEntry{}, list...), next, ok
	})
}

func (c *call) dropEntry() *reply {
	return c.inspect(func(i Inspector) *reply {
		if !i.Drop(c.path[2], c.path[3]) {
			return notFound()
		}
		c.note(entryDropped, c.path[2], "threw out "+hint(c.path[3]))
		return &reply{status: http.StatusNoContent}
	})
}

// hint is the beginning of a key: enough to tell what it was, too little to be a secret that
// a key may hold, as everybody reads the audit.
func hint(key string) string {
	const most = 8
	n := min(len(key)/2, most)
	for n > 0 && !utf8.RuneStart(key[n]) {
		n--
	}
	return fmt.Sprintf("%q and %d more bytes", key[:n], len(key)-n)
}

func (c *call) limits() *reply {
	return c.inspect(func(i Inspector) *reply {
		list := append([]LimitInfo{}, i.Limits(c.query["identifier"])...)
		return ok(map[string]any{"data": list[:min(len(list), maxLimits)]})
	})
}

func (c *call) cacheInfos() *reply {
	return c.inspect(func(i Inspector) *reply { return ok(map[string]any{"data": append([]CacheInfo{}, i.Caches()...)}) })
}

func (c *call) cacheEntries() *reply {
	return c.pageFrom("/inspect/caches/"+url.PathEscape(c.path[2])+"/entries", func(i Inspector, from, size int) (any, int, bool) {
		list, next, ok := i.CacheEntries(c.path[2], c.query["prefix"], from, size)
		return append([]CacheEntry{}, list...), next, ok
	})
}

// pageFrom is a page of what is read bit by bit. One may be short, or empty, and yet not be
// the last: only next tells.
func (c *call) pageFrom(path string, read func(i Inspector, from, size int) (list any, next int, ok bool)) *reply {
	size, err := c.query.size()
	if err != nil {
		return c.failed(err)
	}
	if size == 0 {
		size = 100
	}
	from := 0
	if text := c.query["offset"]; text != "" {
		if from, err = strconv.Atoi(text); err != nil || from < 0 {
			return message(400, "the offset is not valid")
		}
	}
	return c.inspect(func(i Inspector) *reply {
		list, next, known := read(i, from, size)
		if !known {
			return notFound()
		}
		body := map[string]any{"data": list, "next": nil}
		if next >= 0 {
			offset := strconv.Itoa(next)
			body["offset"], body["next"] = offset, c.query.keep(path+"?offset="+offset, "size", "prefix")
		}
		return ok(body)
	})
}
