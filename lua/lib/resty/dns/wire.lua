-- DNS messages (RFC 1035 section 4): questions out, answers in.

local byte, char, sub, find, format, gsub, rep, lower = string.byte, string.char, string.sub, string.find, string.format, string.gsub, string.rep, string.lower
local floor, concat, gmatch, insert, reverse = math.floor, table.concat, string.gmatch, table.insert, string.reverse

local _M = {}

local errors = {"format error", "server failure", "name error", "not implemented", "refused"}

local function u16(s, i)
    local a, b = byte(s, i, i + 1)
    if not b then
        return nil
    end
    return a * 256 + b
end

local function u32(s, i)
    local hi, lo = u16(s, i), u16(s, i + 2)
    if not lo then
        return nil
    end
    return hi * 65536 + lo
end

local function put16(n)
    return char(floor(n / 256) % 256, n % 256)
end

function _M.query(name, qtype, id, no_recurse)
    if sub(name, 1, 1) == "." then
        return nil, "bad name"
    end
    local parts = {}
    for label in gmatch(name, "[^.]+") do
        if #label > 63 then
            return nil, "bad name"
        end
        parts[#parts + 1] = char(#label) .. label
    end
    return concat {
        put16(id), no_recurse and "\0\0" or "\1\0", "\0\1\0\0\0\0\0\0", concat(parts), "\0", put16(qtype), "\0\1",
    }
end

-- A name, which may end in a pointer to another place, and what follows it.
local function name(s, i)
    local labels, after, jumps = {}, nil, 0
    while true do
        local n = byte(s, i)
        if not n then
            return nil, "truncated name"
        elseif n == 0 then
            return concat(labels, "."), after or i + 1
        elseif n >= 192 then
            local low = byte(s, i + 1)
            jumps = jumps + 1
            if not low or jumps > 128 then
                return nil, "bad compression pointer"
            end
            after = after or i + 2
            i = (n - 192) * 256 + low + 1
        else
            labels[#labels + 1] = sub(s, i + 1, i + n)
            i = i + n + 1
        end
    end
end

local function groups(s, i)
    local t = {}
    for k = 0, 7 do
        t[k + 1] = format("%x", u16(s, i + 2 * k))
    end
    return concat(t, ":")
end

-- "::" for the longest run of zeros.
function _M.compress(addr)
    local best, from
    for n = 8, 2, -1 do
        from = find(":" .. addr .. ":", rep(":0", n) .. ":", 1, true)
        if from then
            best = n
            break
        end
    end
    if not best then
        return addr
    end
    local s = ":" .. addr .. ":"
    local left, right = sub(s, 2, from - 1), sub(s, from + 2 * best + 1, -2)
    return left .. "::" .. right
end

function _M.expand(addr)
    local left, right = string.match(addr, "^(.*)::(.*)$")
    if not left then
        return addr
    end
    local list = {}
    for group in gmatch(left, "[^:]+") do
        list[#list + 1] = group
    end
    local tail = {}
    for group in gmatch(right, "[^:]+") do
        tail[#tail + 1] = group
    end
    for _ = 1, 8 - #list - #tail do
        list[#list + 1] = "0"
    end
    for _, group in ipairs(tail) do
        list[#list + 1] = group
    end
    return concat(list, ":")
end

-- The name that a PTR question about an address is about.
function _M.arpa(addr)
    if find(addr, ":", 1, true) then
        local digits = {}
        for group in gmatch(_M.expand(addr), "[^:]+") do
            insert(digits, rep("0", 4 - #group) .. lower(group))
        end
        return (gsub(reverse(concat(digits)), ".", "%0.")) .. "ip6.arpa"
    end
    local a, b, c, d = string.match(addr, "^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
    if not a then
        return nil, "bad address"
    end
    return concat({d, c, b, a}, ".") .. ".in-addr.arpa"
end

local readers = {}

readers[1] = function(r, s, i)
    r.address = format("%d.%d.%d.%d", byte(s, i, i + 3))
end

readers[28] = function(r, s, i)
    r.address = _M.compress(groups(s, i))
end

readers[5] = function(r, s, i)
    r.cname = name(s, i)
end

readers[2] = function(r, s, i)
    r.nsdname = name(s, i)
end

readers[12] = function(r, s, i)
    r.ptrdname = name(s, i)
end

readers[15] = function(r, s, i)
    r.preference = u16(s, i)
    r.exchange = name(s, i + 2)
end

readers[33] = function(r, s, i)
    r.priority, r.weight, r.port = u16(s, i), u16(s, i + 2), u16(s, i + 4)
    r.target = name(s, i + 6)
end

readers[6] = function(r, s, i)
    r.mname, i = name(s, i)
    r.rname, i = name(s, i)
    r.serial, r.refresh, r.retry, r.expire, r.minimum = u32(s, i), u32(s, i + 4), u32(s, i + 8), u32(s, i + 12), u32(s, i + 16)
end

-- Several strings in one record come as a table.
local function strings(field)
    return function(r, s, i, n)
        local list, last = {}, i + n
        while i < last do
            local len = byte(s, i)
            list[#list + 1] = sub(s, i + 1, i + len)
            i = i + len + 1
        end
        r[field] = #list > 1 and list or list[1] or ""
    end
end

readers[16], readers[99] = strings("txt"), strings("spf")

local function record(s, i, section)
    local r = {section = section}
    r.name, i = name(s, i)
    if not r.name then
        return nil, i
    end
    r.type, r.class, r.ttl = u16(s, i), u16(s, i + 2), u32(s, i + 4)
    local n = u16(s, i + 8)
    i = i + 10
    if not n or i + n - 1 > #s then
        return nil, "truncated record"
    end
    local read = readers[r.type]
    if read then
        read(r, s, i, n)
    else
        r.rdata = sub(s, i, i + n - 1)
    end
    return r, i + n
end

-- The answers in a reply; "truncated" asks for TCP, "id mismatch" means that it answers another question.
function _M.parse(s, id, opts)
    if #s < 12 then
        return nil, "truncated"
    end
    if u16(s, 1) ~= id then
        return nil, "id mismatch"
    end
    local flags = u16(s, 3)
    if flags < 0x8000 then
        return nil, "bad QR flag in the DNS response"
    end
    if floor(flags / 512) % 2 == 1 then
        return nil, "truncated"
    end
    local answers = {}
    local code = flags % 16
    if code ~= 0 then
        answers.errcode, answers.errstr = code, errors[code] or "unknown"
    end
    local i = 13
    for _ = 1, u16(s, 5) do
        local q
        q, i = name(s, i)
        if not q then
            return nil, i
        end
        i = i + 4
    end
    local sections = {u16(s, 7), u16(s, 9), u16(s, 11)}
    local last = opts and (opts.additional_section and 3 or opts.authority_section and 2) or 1
    for section = 1, last do
        local wanted = section == 1 or section == 2 and opts.authority_section or section == 3
        for _ = 1, sections[section] do
            local r
            r, i = record(s, i, section)
            if not r then
                return nil, i
            end
            if wanted then
                answers[#answers + 1] = r
            end
        end
    end
    return answers
end

return _M
