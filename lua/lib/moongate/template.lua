-- Replacement templates of ngx.re.sub: "$1 ${2} $$". A template without variables is a plain string; otherwise a list of
-- strings and group numbers. What is wrong with one goes to the error log, as in ngx_http_lua_script.c.

local byte, sub, find, match = string.byte, string.sub, string.find, string.match
local concat, tonumber, type = table.concat, tonumber, type
local ngx = ngx

local _M = {}

local DOLLAR = byte("$")

-- The part that begins with the "$" at i: a number or text, and where it ends.
local function variable(s, i)
    if byte(s, i + 1) == DOLLAR then
        return "$", i + 1
    end
    local open = sub(s, i + 1, i + 1) == "{"
    local from = open and i + 2 or i + 1
    local word = match(s, "^%d+", from) or match(s, "^[%w_]*", from)
    local to = from + #word
    if open then
        if sub(s, to, to) ~= "}" then
            if from <= #s then
                return nil, 'the closing bracket in "' .. word .. '" variable is missing'
            end
            word = ""
        else
            to = to + 1
        end
    end
    if word == "" then
        return nil, 'lua script: invalid capturing variable name found in "' .. s .. '"'
    end
    if not tonumber(word) or find(word, "%D") then
        return nil, 'attempt to use named capturing variable "' .. word .. '" (named captures not supported yet)'
    end
    return tonumber(word), to - 1
end

local function compile(s)
    local parts, i, groups = {}, 1, false
    while i <= #s do
        local d = find(s, "$", i, true)
        if d ~= i then
            parts[#parts + 1] = sub(s, i, (d or #s + 1) - 1)
        end
        if not d then
            break
        end
        local part, to = variable(s, d)
        if not part then
            return nil, to
        end
        groups = groups or type(part) == "number"
        parts[#parts + 1] = part
        i = to + 1
    end
    if groups then
        return parts
    end
    return concat(parts)
end

local cache, count = {}, 0

function _M.get(s)
    if not find(s, "$", 1, true) then
        return s
    end
    local t = cache[s]
    if t then
        return t
    end
    local err
    t, err = compile(s)
    if not t then
        ngx.log(ngx.ERR, err)
        return nil
    end
    if count >= 1024 then
        cache, count = {}, 0
    end
    cache[s], count = t, count + 1
    return t
end

local pieces = {}

function _M.fill(t, re, rc, subj)
    local cap, n = re.captures, #t
    for i = 1, n do
        local p = t[i]
        if type(p) == "number" then
            if p < rc and cap[2 * p] >= 0 then
                p = sub(subj, cap[2 * p] + 1, cap[2 * p + 1])
            else
                p = ""
            end
        end
        pieces[i] = p
    end
    return concat(pieces, "", 1, n)
end

return _M
