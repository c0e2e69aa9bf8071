-- The program of the gateway's plugins: it loads them and runs their phases.
local host = ...
local json = require("cjson").new()
json.decode_array_with_array_mt(true)
local ngx, type, loadstring, error = ngx, type, loadstring, error

local function part(name, ...)
    local f, err = loadstring(host.source(name), "=gateway/" .. name .. ".lua")
    if not f then error(err, 0) end
    return f(...)
end

-- What a request keeps from phase to phase; s.plugin is the plugin that runs.
local key = {}
local function state()
    local ctx = ngx.ctx
    local s = ctx[key]
    if not s then
        s = { own = {}, shared = {} }
        ctx[key] = s
    end
    return s
end

package.loaded["kong.db.schema.typedefs"] = part("typedefs", host)
local kong = part("pdk", host, json, state, part)
rawset(_G, "kong", kong)

local schemas = part("schema", json)
local plugins, order = part("load", host, json, schemas)

-- Configurations at work, by number; the host tells of one when it is met first.
local instances = {}

local function without_null(v)
    if type(v) ~= "table" then return v end
    for k, e in pairs(v) do
        if e == ngx.null then
            v[k] = nil
        else
            without_null(e)
        end
    end
    return v
end

local function instance(id)
    local i = json.decode(host.config(id))
    i.phases = plugins[i.plugin].phases
    i.conf = without_null(i.config)
    i.conf.__plugin_id, i.conf.route_id, i.conf.service_id, i.conf.consumer_id = i.id, i.route, i.service, i.consumer
    instances[id] = i
    return i
end

local function phase(name)
    return function(id)
        local i = instances[id] or instance(id)
        local s = state()
        local before = s.plugin
        s.plugin = i
        local own = s.own[i.plugin]
        if not own then
            own = {}
            s.own[i.plugin] = own
        end
        i.phases[name](i.conf, own)
        s.plugin = before
    end
end

local function begin()
    for _, name in ipairs(order) do
        local f = plugins[name].phases.init_worker
        if f then
            local ok, err = xpcall(f, debug.traceback)
            if not ok then ngx.log(ngx.ERR, "plugin \"", name, "\": init_worker: ", err) end
        end
    end
end

local function describe()
    local list = {}
    for i, name in ipairs(order) do list[i] = plugins[name].description end
    return json.encode(setmetatable(list, json.array_mt))
end

return describe, schemas.check, begin, phase "rewrite", phase "access", phase "response", phase "header_filter", phase "body_filter",
    phase "log", function(id) instances[tonumber(id)] = nil end
