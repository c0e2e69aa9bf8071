package regex

import (
	"container/list"
	"errors"
	"strconv"
	"strings"

	"moongate/edge/native/pcre2"
)

// luaErrorMax is how long the error text of a pattern may get in ngx.re: lua-resty-core's buffer less its end.
const luaErrorMax = 255

// LuaRegex is a pattern of ngx.re.
type LuaRegex struct {
	Options
	code *pcre2.Code
	kept bool
}

// Cache holds the patterns compiled with "o". It belongs to one VM and is used by whoever holds that.
type Cache struct {
	max    int
	all    map[cacheKey]*list.Element // of *cached
	recent list.List                  // most recently used in front
	opts   map[string]Options
	fresh  cacheKey // asked for last: often asked for again
	last   *LuaRegex
}

type cacheKey struct{ pattern, opts string }

type cached struct {
	key cacheKey
	re  *LuaRegex
}

// NewCache makes a cache of at most max patterns (lua_regex_cache_max_entries); 0 caches none.
func NewCache(max int) *Cache {
	return &Cache{max: max, all: make(map[cacheKey]*list.Element), opts: make(map[string]Options)}
}

// Get compiles a pattern or finds it. The error is an *OptionError, which ngx.re raises, or a text which it returns.
// The strings may be views: what is kept is cloned. Release must follow.
func (c *Cache) Get(pattern, opts string) (*LuaRegex, error) {
	k := cacheKey{pattern, opts}
	if c.last != nil && k == c.fresh {
		return c.last, nil
	}
	if e := c.all[k]; e != nil {
		c.recent.MoveToFront(e)
		hit := e.Value.(*cached)
		c.fresh, c.last = hit.key, hit.re
		return hit.re, nil
	}
	o, err := c.options(opts)
	if err != nil {
		return nil, err
	}
	code, err := pcre2.Compile(pattern, o.pcre, o.mode)
	if err != nil {
		text := err.Error()
		return nil, errors.New(strings.Clone(text[:min(len(text), luaErrorMax)]))
	}
	re := &LuaRegex{Options: o, code: code}
	if o.Once && c.max > 0 {
		re.kept = true
		c.keep(cacheKey{strings.Clone(pattern), strings.Clone(opts)}, re)
	}
	return re, nil
}

func (c *Cache) options(opts string) (Options, error) {
	if o, ok := c.opts[opts]; ok {
		return o, nil
	}
	opts = strings.Clone(opts)
	o, err := ParseOptions(opts)
	if err == nil && len(c.opts) < 1024 {
		c.opts[opts] = o
	}
	return o, err
}

// keep leaves what it drops to the garbage collector: an iterator of ngx.re.gmatch may still hold it.
func (c *Cache) keep(k cacheKey, re *LuaRegex) {
	if c.recent.Len() >= c.max {
		old := c.recent.Back()
		delete(c.all, c.recent.Remove(old).(*cached).key)
	}
	c.all[k] = c.recent.PushFront(&cached{k, re})
	c.fresh, c.last = k, re
}

// Len is how many patterns are kept.
func (c *Cache) Len() int { return c.recent.Len() }

// Release frees a pattern that the cache doesn't keep.
func (re *LuaRegex) Release() {
	if !re.kept {
		re.code.Close()
	}
}

// Captures is the number of groups; 0 with "d".
func (re *LuaRegex) Captures() int { return re.code.Captures() }

// Names are the named groups.
func (re *LuaRegex) Names() []Name { return re.code.Names() }

// JITError is what the JIT compiler answered, 0 when it compiled: for the log line "pcre2 JIT compiled successfully".
func (re *LuaRegex) JITError() int { return re.code.JITError() }

// Exec matches from offset on. captures must have place for 2*(Captures()+1) offsets. matched is how many groups,
// the whole one included, may have taken part: 0 means no match.
func (re *LuaRegex) Exec(s string, offset int, captures []int32) (matched int, err error) {
	rc := re.code.Match(s, offset, re.mode, captures)
	if rc > 0 {
		return rc, nil
	}
	if rc == pcre2.NoMatch {
		return 0, nil
	}
	return 0, LuaError(rc)
}

// LuaError is a failed match of ngx.re, in lua-resty-core's words.
type LuaError int

func (e LuaError) Error() string { return "pcre_exec() failed: " + strconv.Itoa(int(e)) }
