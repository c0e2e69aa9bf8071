-- kong.db: what the gateway knows, to be read. Entities have no nulls in them; what is not
-- there is nil.
local host, json = ...
local ngx, type, error, tostring, pairs, ipairs, setmetatable = ngx, type, error, tostring, pairs, ipairs, setmetatable

local function without_null(v)
    for k, e in pairs(v) do
        if e == ngx.null then
            v[k] = nil
        elseif type(e) == "table" then
            without_null(e)
        end
    end
    return v
end

local function row(text) return text and without_null(json.decode(text)) or nil end

-- An entity is named by a table with its id, or by the id.
local function id_of(key)
    if type(key) == "table" then key = key.id end
    if type(key) ~= "string" then error("primary_key must be a table with an id", 3) end
    return key
end

local function sized(n)
    n = n or 1000
    if type(n) ~= "number" or n < 1 or n > 1000 or n ~= math.floor(n) then error("size must be an integer between 1 and 1000", 3) end
    return tostring(n)
end

local dao = {}

local function page(kind, size, offset, field, parent)
    local text = host.db_page(kind, size, offset or "", field or "", parent or "")
    if not text then return {}, nil, nil, nil end
    local p = json.decode(text)
    local rows = {}
    if p.data ~= ngx.null then
        for i, e in ipairs(p.data) do rows[i] = without_null(e) end
    end
    return rows, nil, nil, p.offset
end

local function each(kind, size, field, parent)
    local rows, i, n, offset, pages = {}, 0, 0, nil, 0
    return function()
        if i == n then
            if pages > 0 and not offset then return nil end
            rows, _, _, offset = page(kind, size, offset, field, parent)
            i, n, pages = 0, #rows, pages + 1
            if n == 0 then return nil end
        end
        i = i + 1
        return rows[i], nil, pages
    end
end

function dao:select(key) return row(host.db_get(self.kind.name, id_of(key))) end
function dao:page(size, offset) return page(self.kind.name, sized(size), offset) end
function dao:each(size) return each(self.kind.name, sized(size)) end

-- cache_key is Kong's: the name of the kind, what an entity is found by, and four more.
function dao:cache_key(key, ...)
    local parts = { key, ... }
    if type(key) == "table" then
        for i, name in ipairs(self.kind.key) do
            local v = key[name]
            if type(v) == "table" then v = v.id end
            parts[i] = v
        end
    end
    local out = { self.kind.name }
    for i = 1, 6 do out[i + 1] = parts[i] == nil and "" or tostring(parts[i]) end
    return table.concat(out, ":", 1, 7)
end

for _, name in ipairs { "insert", "update", "upsert", "delete", "truncate" } do
    dao[name] = function(self) error("kong.db." .. self.kind.name .. ":" .. name .. " is not there in this gateway: entities are changed by the Admin API", 2) end
end

local db = { strategy = "off" }

for _, kind in ipairs(json.decode(host.db_kinds())) do
    local d = { kind = kind }
    for _, field in ipairs(kind.uniques ~= ngx.null and kind.uniques or {}) do
        d["select_by_" .. field] = function(_, value)
            if type(value) ~= "string" then error(field .. " must be a string", 2) end
            return row(host.db_find(kind.name, field, value))
        end
    end
    if #kind.key == 1 and d["select_by_" .. kind.key[1]] then d.select_by_cache_key = d["select_by_" .. kind.key[1]] end
    for _, field in ipairs(kind.refs ~= ngx.null and kind.refs or {}) do
        d["page_for_" .. field] = function(_, key, size, offset) return page(kind.name, sized(size), offset, field, id_of(key)) end
        d["each_for_" .. field] = function(_, key, size) return each(kind.name, sized(size), field, id_of(key)) end
    end
    db[kind.name] = setmetatable(d, { __index = function(_, name)
        return dao[name] or error("kong.db." .. kind.name .. ":" .. tostring(name) .. " is not there in this gateway", 2)
    end })
end

return db
