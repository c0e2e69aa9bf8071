-- Turns schemas into descriptions that the gateway reads, and judges what only Lua can:
-- patterns and functions.
local json = ...
local null, type, error = ngx.null, type, error

local rules = {} -- fields and functions that have something to say, by number

local plain = {
    "type", "required", "default", "one_of", "not_one_of", "between", "gt", "len_min", "len_max", "len_eq", "uuid", "unique", "reference",
    "description", "encrypted",
}
-- What is judged here, in Kong's order.
local judged = { "is_regex", "starts_with", "not_match", "match_none", "match", "match_all", "match_any", "contains", "ne", "custom_validator" }
local silent = { "auto", "referenceable", "indexed", "legacy", "abstract", "elements", "keys", "values", "fields", "entity_checks",
    "shorthand_fields", "eq", "err", "timestamp", "deprecation", "translate_backwards", "removed_in", "new_type", "subschema_key", "nilable",
    "immutable", "on_delete", "transformations", "json_schema" }
local names = {}
for _, list in ipairs { plain, judged, silent } do
    for _, n in ipairs(list) do names[n] = true end
end

local kinds = { string = true, number = true, integer = true, boolean = true, array = true, set = true, map = true, record = true }

local record

local function field(name, f, where)
    where = where .. "." .. name
    if type(f) ~= "table" then error(where .. ": a field must be a table", 0) end
    if not kinds[f.type] then error(where .. ": there is no type \"" .. tostring(f.type) .. "\" for plugins", 0) end
    for k in pairs(f) do
        if not names[k] then error(where .. ": there is no \"" .. tostring(k) .. "\" for fields", 0) end
    end
    local out = { name = name }
    for _, k in ipairs(plain) do
        if f[k] ~= nil and f[k] ~= null then out[k] = f[k] end
    end
    if f.eq ~= nil then
        if f.eq == null then out.null = true else out.one_of = { f.eq } end
    end
    for _, k in ipairs(judged) do
        if f[k] ~= nil then
            rules[#rules + 1] = f
            out.rule = #rules
            break
        end
    end
    if f.type == "array" or f.type == "set" then
        out.elements = field("elements", f.elements, where)
    elseif f.type == "map" then
        out.keys = f.keys and field("keys", f.keys, where)
        out.values = field("values", f.values or { type = "string" }, where)
    elseif f.type == "record" then
        record(f, out, where)
    end
    return out
end

local arrays = { "at_least_one_of", "only_one_of", "distinct", "mutually_exclusive", "mutually_required" }
local conditions = { one_of = true, not_one_of = true, required = true, eq = true }

local function condition(c, where)
    local out = {}
    for k, v in pairs(c or {}) do
        if not conditions[k] then error(where .. ": there is no \"" .. tostring(k) .. "\" in conditional", 0) end
        if k ~= "eq" then
            out[k] = v
        elseif v == null then
            out.null = true
        else
            out.one_of = { v }
        end
    end
    return out
end

local function checks(list, where)
    local out = setmetatable({}, json.array_mt)
    for i, c in ipairs(list or {}) do
        local at = where .. ".entity_checks[" .. i .. "]"
        local d
        for _, kind in ipairs(arrays) do
            if c[kind] then d = { kind = kind, fields = c[kind] } end
        end
        if c.conditional then
            local q = c.conditional
            d = { kind = "conditional", if_field = q.if_field, if_match = condition(q.if_match, at), then_field = q.then_field,
                then_match = condition(q.then_match, at), text = q.then_err }
        elseif c.custom_entity_check then
            local q = c.custom_entity_check
            if type(q.fn) ~= "function" then error(at .. ": fn must be a function", 0) end
            rules[#rules + 1] = q
            d = { kind = "custom_entity_check", fields = q.field_sources, rule = #rules }
        end
        if not d then error(at .. ": there is no check \"" .. tostring(next(c)) .. "\" for plugins", 0) end
        out[i] = d
    end
    return out
end

-- record describes what a record has inside: fields are a list of tables with one name each.
function record(r, out, where)
    local list = setmetatable({}, json.array_mt)
    if type(r.fields) ~= "table" then error(where .. ": a record must have fields", 0) end
    for i, one in ipairs(r.fields) do
        local name, f = next(one)
        if type(name) ~= "string" then error(where .. ": field " .. i .. " must be written { NAME = { type = ... } }", 0) end
        list[i] = field(name, f, where)
    end
    out.fields, out.checks = list, checks(r.entity_checks, where)
    local short = setmetatable({}, json.array_mt)
    for i, one in ipairs(r.shorthand_fields or {}) do
        local name, f = next(one)
        local copy = {}
        for k, v in pairs(f) do copy[k] = v end
        if type(copy.func) ~= "function" then error(where .. "." .. name .. ": a shorthand must have a func", 0) end
        rules[#rules + 1] = { func = copy.func }
        copy.func = nil
        local d = field(name, copy, where)
        d.expand = #rules
        if d.rule then rules[d.rule] = copy end
        short[i] = d
    end
    out.shorthands = short
end

local scopes = { consumer = true, route = true, service = true }
local ignored = { protocols = true, consumer_group = true, name = true, instance_name = true, enabled = true, tags = true, id = true, created_at = true }

-- plugin describes a plugin's schema: what it can't be for, and its config.
local function plugin(schema, path)
    local d = { without = setmetatable({}, json.array_mt) }
    if type(schema.fields) ~= "table" then error(path .. ": the schema has no fields", 0) end
    for _, one in ipairs(schema.fields) do
        local name, f = next(one)
        if name == "config" then
            if type(f) ~= "table" or f.type ~= "record" then error(path .. ": config must be a record", 0) end
            d.config = field("config", f, path .. ": schema")
        elseif scopes[name] and type(f) == "table" then
            if f.eq == null then table.insert(d.without, name) end
        elseif not ignored[name] then
            error(path .. ": there is no field \"" .. tostring(name) .. "\" for plugins", 0)
        end
    end
    if not d.config then error(path .. ": the schema has no field config", 0) end
    d.checks = checks(schema.entity_checks, path .. ": schema")
    return d
end

local function some(v) return v ~= nil and v ~= null end

local judges = {
    is_regex = function(v)
        local _, err = ngx.re.match("", v)
        if err then return "not a valid regex: " .. v end
    end,
    starts_with = function(v, s) if v:sub(1, #s) ~= s then return "should start with: " .. s end end,
    match = function(v, p) if not v:match(p) then return "invalid value: " .. v end end,
    not_match = function(v, p) if v:match(p) then return "invalid value: " .. v end end,
    match_all = function(v, list)
        for _, m in ipairs(list) do
            if not v:match(m.pattern) then return m.err or "invalid value: " .. v end
        end
    end,
    match_none = function(v, list)
        for _, m in ipairs(list) do
            if v:match(m.pattern) then return m.err or "invalid value: " .. v end
        end
    end,
    match_any = function(v, m)
        for _, p in ipairs(m.patterns) do
            if v:match(p) then return end
        end
        return m.err or "invalid value: " .. v
    end,
    contains = function(v, e)
        for _, x in ipairs(v) do
            if x == e then return end
        end
        return "expected to contain: " .. tostring(e)
    end,
    ne = function(v, e) if v == e then return "value must not be " .. tostring(e) end end,
    custom_validator = function(v, f)
        local ok, err = f(v)
        if not ok then return type(err) == "string" and err or "failed validating: custom_validator" end
    end,
}

-- check says what is wrong with a value: "" is nothing. For a whole record it may be a
-- table of messages by field, and a shorthand gives the fields that it stands for.
local function check(kind, number, text)
    local rule, value = rules[tonumber(number)], json.decode(text)
    if kind == "field" then
        for _, k in ipairs(judged) do
            if rule[k] ~= nil then
                local wrong = judges[k](value, rule[k])
                if wrong then return rule.err or wrong end
            end
        end
        return ""
    end
    if kind == "expand" then
        local fields, err = rule.func(value)
        if type(fields) ~= "table" then return json.encode { message = tostring(err or "no fields") } end
        return json.encode { fields = fields }
    end
    local ok, err, by = rule.fn(value)
    if ok then return "" end
    if type(err) == "table" then return json.encode { fields = err } end
    return json.encode { message = some(err) and tostring(err) or "entity check failed", fields = by }
end

return { plugin = plugin, check = check }
