-- ngx.re.match, find, gmatch, sub and gsub.

local pattern = require "moongate.pattern"
local template = require "moongate.template"

local get, exec, free, collect = pattern.get, pattern.exec, pattern.free, pattern.collect
local NOMATCH = pattern.NOMATCH
local tostring, type, setmetatable = tostring, type, setmetatable
local sub, concat = string.sub, table.concat
local ngx = ngx

local re = {}
ngx.re = re

local function failed(rc)
    return "pcre_exec() failed: " .. rc
end

-- Where ctx lets the search begin, as an offset.
local function start(ctx)
    local pos = ctx and ctx.pos
    if not pos or pos <= 0 then
        return 0
    end
    return pos - 1
end

function re.match(subj, regex, opts, ctx, res)
    subj = tostring(subj)
    local c, kept, flags = get(regex, opts, 3)
    if not c then
        return nil, kept
    end
    local rc = exec(c, flags, subj, #subj, start(ctx))
    if rc < 0 then
        if not kept then
            free(c)
        end
        if rc == NOMATCH then
            return nil
        end
        return nil, failed(rc)
    end
    if ctx then
        ctx.pos = c.captures[1] + 1
    end
    res = collect(c, rc, subj, flags, res)
    if not kept then
        free(c)
    end
    return res
end

function re.find(subj, regex, opts, ctx, nth)
    subj = tostring(subj)
    local c, kept, flags = get(regex, opts, 3)
    if not c then
        return nil, nil, kept
    end
    local rc = exec(c, flags, subj, #subj, start(ctx))
    local from, to, err
    if rc >= 0 then
        local cap = c.captures
        if ctx then
            ctx.pos = cap[1] + 1
        end
        if not nth or nth < 0 then
            nth = 0
        end
        if nth > c.ncaptures then
            err = "nth out of bound"
        elseif nth < rc and cap[2 * nth] >= 0 then
            from, to = cap[2 * nth] + 1, cap[2 * nth + 1]
        end
    elseif rc ~= NOMATCH then
        err = failed(rc)
    end
    if not kept then
        free(c)
    end
    if err then
        return nil, nil, err
    end
    return from, to
end

-- The end of a match is where the next begins; after an empty one, a byte further.
local function following(cap)
    local to = cap[1]
    if to == cap[0] then
        return to + 1
    end
    return to
end

local function finish(it)
    if not it.kept then
        free(it.re)
    end
    it.re = nil
end

local iterator = {}

function iterator.__call(it)
    local c = it.re
    if not c then
        return nil
    end
    local subj = it.subj
    local rc = exec(c, it.flags, subj, #subj, it.pos)
    if rc < 0 then
        finish(it)
        if rc == NOMATCH then
            return nil
        end
        return nil, failed(rc)
    end
    local res = collect(c, rc, subj, it.flags)
    it.pos = following(c.captures)
    if it.pos > #subj then
        finish(it)
    end
    return res
end

function re.gmatch(subj, regex, opts)
    subj = tostring(subj)
    local c, kept, flags = get(regex, opts, 3)
    if not c then
        return nil, kept
    end
    return setmetatable({re = c, kept = kept, flags = flags, subj = subj, pos = 0}, iterator)
end

-- What stands in for one match: replace is a function, a compiled template, or text.
local function piece(c, rc, subj, flags, replace, kind)
    if kind == "function" then
        return tostring(replace(collect(c, rc, subj, flags)))
    elseif kind == "table" then
        return template.fill(replace, c, rc, subj)
    end
    return replace
end

local function substitute(subj, regex, replace, opts, global)
    local kind = type(replace)
    if kind ~= "function" then
        local t = template.get(tostring(replace))
        if not t then
            return nil, nil, "failed to compile the replacement template"
        end
        replace, kind = t, type(t)
    end
    subj = tostring(subj)
    local c, kept, flags = get(regex, opts, 4)
    if not c then
        return nil, nil, kept
    end
    local out, n, count, at, pos, err = {}, 0, 0, 0, 0, nil
    local len = #subj
    repeat
        local rc = exec(c, flags, subj, len, pos)
        if rc < 0 then
            if rc ~= NOMATCH then
                err = failed(rc)
            end
            break
        end
        -- A function may match with the same pattern: its groups are read before.
        local cap = c.captures
        local from, to = cap[0], cap[1]
        pos = following(cap)
        count = count + 1
        if from > at then
            n = n + 1
            out[n] = sub(subj, at + 1, from)
        end
        n = n + 1
        out[n] = piece(c, rc, subj, flags, replace, kind)
        at = to
    until not global or pos > len
    if not kept then
        free(c)
    end
    if err then
        return nil, nil, err
    end
    if count == 0 then
        return subj, 0
    end
    if at < len then
        n = n + 1
        out[n] = sub(subj, at + 1)
    end
    return concat(out, "", 1, n), count
end

function re.sub(subj, regex, replace, opts)
    return substitute(subj, regex, replace, opts, false)
end

function re.gsub(subj, regex, replace, opts)
    return substitute(subj, regex, replace, opts, true)
end

return re
