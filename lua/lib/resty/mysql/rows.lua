-- The answer to a query: an OK packet, or columns and rows.

local wire = require "resty.mysql.wire"
local new_tab = require "table.new"

local byte = string.byte
local tonumber = tonumber
local null = ngx.null
local integer, text = wire.integer, wire.text

local _M = {}

local MORE_RESULTS = 8

-- Types that become numbers: tiny, short, long, float, double, int24, year, new decimal. Long long may not fit.
local numeric = {[1] = true, [2] = true, [3] = true, [4] = true, [5] = true, [9] = true, [13] = true, [246] = true, [0] = true}
local LONGLONG = 8

local function more(status)
    return status % (2 * MORE_RESULTS) >= MORE_RESULTS
end

-- An OK packet as a table.
local function ok(packet)
    local res = {}
    local i
    res.affected_rows, i = integer(packet, 2)
    res.insert_id, i = integer(packet, i)
    res.server_status = wire.uint2(packet, i)
    res.warning_count = wire.uint2(packet, i + 2)
    if i + 4 <= #packet then
        res.message = packet:sub(i + 4) -- with its length in front, as users of the library know it
    end
    return res
end

local function failed(packet)
    local errno, msg, state = wire.error(packet)
    return nil, msg, errno, state
end

-- A column definition: its name and type.
local function column(packet)
    local i, name, _ = 1, nil, nil
    for _ = 1, 4 do -- catalog, schema, table, original table
        _, i = text(packet, i)
    end
    name, i = text(packet, i)
    _, i = text(packet, i) -- original name
    _, i = integer(packet, i)
    return {name = name, type = byte(packet, i + 6)}
end

local function columns(self, n)
    local cols = new_tab(n, 0)
    for i = 1, n do
        local packet, kind, err = wire.receive(self)
        if not packet then
            return nil, err
        elseif kind == "ERR" then
            return failed(packet)
        end
        cols[i] = column(packet)
    end
    local packet, kind, err = wire.receive(self)
    if not packet then
        return nil, err
    elseif kind ~= "EOF" then
        return nil, "unexpected packet type " .. kind .. " while eof packet is expected"
    end
    return cols
end

local function row(packet, cols, compact)
    local n = #cols
    local r = compact and new_tab(n, 0) or new_tab(0, n)
    local i = 1
    for k = 1, n do
        local col, v = cols[k], nil
        v, i = text(packet, i)
        if v ~= null and (numeric[col.type] or col.type == LONGLONG and #v < 16) then
            v = tonumber(v)
        end
        if compact then
            r[k] = v
        else
            r[col.name] = v
        end
    end
    return r
end

-- One result; "again" as error says that another follows.
function _M.read(self, estimate)
    local packet, kind, err = wire.receive(self)
    if not packet then
        return nil, err
    elseif kind == "ERR" then
        return failed(packet)
    elseif kind == "OK" then
        local res = ok(packet)
        if more(res.server_status) then
            return res, "again"
        end
        return res
    elseif byte(packet) == 251 then
        return nil, "packet type LOCAL INFILE not supported"
    end
    local n = integer(packet, 1)
    local cols, errno, state
    cols, err, errno, state = columns(self, n)
    if not cols then
        return nil, err, errno, state
    end
    local list, count = new_tab(estimate or 4, 0), 0
    while true do
        packet, kind, err = wire.receive(self)
        if not packet then
            return nil, err
        elseif kind == "ERR" then
            return failed(packet)
        elseif kind == "EOF" and #packet < 9 then
            if more(wire.uint2(packet, 4)) then
                return list, "again"
            end
            return list
        end
        count = count + 1
        list[count] = row(packet, cols, self.compact)
    end
end

return _M
