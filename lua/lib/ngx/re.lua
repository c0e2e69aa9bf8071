-- ngx.re: split, and opt.

local pattern = require "moongate.pattern"
local new_tab = require "table.new"

local get, exec, free, NOMATCH = pattern.get, pattern.exec, pattern.free, pattern.NOMATCH
local sub, tostring, type, error = string.sub, tostring, type, error
local jit_stack = pattern.jit_stack

local _M = {version = require("resty.core.base").version}

-- Where the next separator lies, and its first group: offsets from pos on, as strings count them.
local function separator(c, flags, subj, pos)
    local rc = exec(c, flags, subj, #subj, pos)
    if rc < 0 then
        if rc == NOMATCH then
            return nil
        end
        return nil, "pcre_exec() failed: " .. rc
    end
    local cap = c.captures
    local group
    if c.ncaptures > 0 and rc > 1 then
        group = sub(subj, cap[2] + 1, cap[3])
    end
    return cap[0] + 1, cap[1] + 1, group
end

-- Empty fields at the end don't count unless a maximum is given.
local function trim(res, n)
    while n > 0 and res[n] == "" do
        res[n] = nil
        n = n - 1
    end
    return n
end

function _M.split(subj, regex, opts, ctx, max, res)
    subj = tostring(subj)
    max = max or 0
    if not res then
        res = new_tab(4, 0)
    elseif type(res) ~= "table" then
        error("res is not a table", 2)
    end
    local first = ctx and ctx.pos or 1
    local len = #subj
    if first > len then
        res[1] = nil
        return res
    end
    local c, kept, flags = get(regex, opts, 3)
    if not c then
        return nil, kept
    end
    local n, count = 0, 1
    local at, pos = first, first > 0 and first - 1 or 0
    local empty -- where an empty separator was found: the next field begins there
    local err
    while max <= 0 or count < max do
        local from, to, group = separator(c, flags, subj, pos)
        if not from then
            err = to
            break
        end
        pos = to == from and to or to - 1
        at = empty or at
        if from == to then
            empty = from
        end
        if from > at or not empty then
            count = count + 1
            n = n + 1
            res[n] = sub(subj, at, from - 1)
            if group then
                n = n + 1
                res[n] = group
            end
            at = to
            if at > len then
                break
            end
        end
        if pos > len then
            break
        end
    end
    if not kept then
        free(c)
    end
    if err then
        return nil, err
    end
    if ctx then
        ctx.pos = pos
    end
    if max <= 0 and at > len then
        n = trim(res, n)
    else
        n = n + 1
        res[n] = sub(subj, at)
    end
    res[n + 1] = nil
    return res
end

function _M.opt(option, value)
    if option ~= "jit_stack_size" then
        error("unrecognized option name", 2)
    end
    if pattern.cached() > 0 then
        error("changing jit stack size is not allowed when some regexs have already been compiled and cached", 2)
    end
    if type(value) ~= "number" or value <= 0 then
        error("invalid size", 2)
    end
    jit_stack(value)
end

return _M
