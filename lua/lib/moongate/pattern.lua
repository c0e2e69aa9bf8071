-- Compiled patterns of ngx.re: options, the cache of those with "o", matching. Patterns are C objects that Lua's FFI holds;
-- compiled code matches without leaving its trace.

local ffi = require "ffi"
local bit = require "bit"
local buffer = require "moongate.buffer"
local new_tab = require "table.new"

ffi.cdef [[
typedef struct {
    void *unused;
    const unsigned char *name_table;
    int name_count;
    int name_entry_size;
    int ncaptures;
    int *captures;
    void *code;
    int jit_error;
} moongate_regex;
moongate_regex *moongate_ffi_regex_compile(const char *pattern, size_t len, int flags, int options, char *err, size_t err_size);
int moongate_ffi_regex_exec(moongate_regex *re, int flags, const char *s, size_t len, int pos);
void moongate_ffi_regex_destroy(moongate_regex *re);
]]

local C = ffi.C
local str, gc = ffi.string, ffi.gc
local sub, format, tostring, type, error = string.sub, string.format, tostring, type, error
local bor, band, lshift = bit.bor, bit.band, bit.lshift

local compile, exec, destroy = C.moongate_ffi_regex_compile, C.moongate_ffi_regex_exec, C.moongate_ffi_regex_destroy

local compiled = moongate.regex_compiled

local ERROR_SIZE = 256
local ONCE, DFA, JIT, DUPNAMES, NO_UTF_CHECK, UTF = 1, 2, 4, 8, 16, 0x80000
local NOMATCH = -1

local _M = {ONCE = ONCE, DFA = DFA, NOMATCH = NOMATCH, jit_stack = moongate.jit_stack}

-- Letter to {how to match, PCRE2's option}.
local letters = {
    a = {0, 0x80000000}, d = {DFA, 0}, D = {DUPNAMES, 0x40}, i = {0, 0x8}, j = {JIT, 0},
    J = {0, 0x203}, m = {0, 0x400}, o = {ONCE, 0}, s = {0, 0x20}, u = {0, UTF}, U = {NO_UTF_CHECK, UTF}, x = {0, 0x80},
}

local parsed = {}

local function parse(opts, level)
    local p = parsed[opts]
    if p then
        return p[1], p[2]
    end
    local flags, options = 0, 0
    for i = 1, #opts do
        local l = letters[sub(opts, i, i)]
        if not l then
            error(format('unknown flag "%s" (flags "%s")', sub(opts, i, i), opts), level)
        end
        flags, options = bor(flags, l[1]), bor(options, l[2])
    end
    parsed[opts] = {flags, options}
    return flags, options
end

-- The cache: by options, then by pattern, nodes of a ring in the order of use. While it is less than half full nobody
-- will be dropped soon, and a hit costs one look-up and no write.
local max = moongate.regex_cache_max
local cache, size = {}, 0
local ring = {}
ring.next, ring.prev = ring, ring

local function unlink(n)
    n.prev.next, n.next.prev = n.next, n.prev
end

local function front(n)
    local first = ring.next
    n.prev, n.next = ring, first
    ring.next, first.prev = n, n
end

local function keep(opts, pattern, re)
    if size >= max then
        local last = ring.prev
        unlink(last)
        cache[last.opts][last.pattern] = nil
    else
        size = size + 1
    end
    local n = {opts = opts, pattern = pattern, re = re}
    front(n)
    local of = cache[opts]
    if not of then
        of = {}
        cache[opts] = of
    end
    of[pattern] = n
end

function _M.cached()
    return size
end

-- A compiled pattern, whether it is kept, and how to match; or nil and why.
local function get(pattern, opts, level)
    if type(pattern) ~= "string" then
        if type(pattern) ~= "number" then
            error("bad argument #2 to '?' (string expected, got " .. (pattern == nil and "nil" or type(pattern)) .. ")", level)
        end
        pattern = tostring(pattern)
    end
    opts = opts or ""
    local of = cache[opts]
    local n = of and of[pattern]
    if n then
        if size + size > max and ring.next ~= n then
            unlink(n)
            front(n)
        end
        return n.re, true, parsed[opts][1]
    end
    local flags, options = parse(opts, level + 1)
    local err = buffer.get(ERROR_SIZE)
    local re = compile(pattern, #pattern, flags, options, err, ERROR_SIZE)
    if re == nil then
        return nil, str(err)
    end
    gc(re, destroy)
    if band(flags, JIT) ~= 0 then
        compiled(re.jit_error, pattern)
    end
    if band(flags, ONCE) ~= 0 and max > 0 then
        keep(opts, pattern, re)
        return re, true, flags
    end
    return re, false, flags
end

_M.get = get

function _M.free(re)
    destroy(gc(re, nil))
end

_M.exec = exec

local function names(re, flags, res)
    local t, at, entry = re.name_table, 0, re.name_entry_size
    local dup = band(flags, DUPNAMES) ~= 0
    for _ = 1, re.name_count do
        local cap = res[bor(lshift(t[at], 8), t[at + 1])]
        local name = str(t + at + 2)
        if not dup then
            res[name] = cap
        elseif cap then
            local old = res[name]
            if old then
                old[#old + 1] = cap
            else
                res[name] = {cap}
            end
        end
        at = at + entry
    end
end

-- The table that ngx.re.match returns: groups by number and name, false for one that took no part.
function _M.collect(re, rc, subj, flags, res)
    local cap, n = re.captures, re.ncaptures
    res = res or new_tab(n, re.name_count + 1)
    for i = 0, n do
        local from = -1
        if i <= rc then
            from = cap[2 * i]
        end
        if from >= 0 then
            res[i] = sub(subj, from + 1, cap[2 * i + 1])
        else
            res[i] = false
        end
    end
    if re.name_count > 0 then
        names(re, flags, res)
    end
    return res
end

return _M
