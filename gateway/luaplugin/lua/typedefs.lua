-- kong.db.schema.typedefs: fields that schemas have in common. Each may be called with
-- what shall be another thing: typedefs.port { default = 80 }.
local host = ...
local null = ngx.null

local meta = {}
meta.__call = function(def, other)
    local out = {}
    for k, v in pairs(def) do out[k] = v end
    for k, v in pairs(other or {}) do out[k] = v end
    return setmetatable(out, meta)
end
local function define(def) return setmetatable(def, meta) end

-- valid asks the gateway, which knows addresses, names and the like.
local function valid(kind)
    return function(v)
        local wrong = host.valid(kind, v)
        if wrong then return nil, wrong end
        return true
    end
end

local function words(list) return define { type = "string", one_of = list } end

local t = {}
t.http_method = define { type = "string", match = "^%u+$", description = "An HTTP method." }
t.protocol = words { "grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp" }
t.host = define { type = "string", custom_validator = valid "host" }
t.host_with_optional_port = define { type = "string", custom_validator = valid "host_port" }
t.wildcard_host = define { type = "string", custom_validator = valid "wildcard" }
t.redis_host = t.host
t.redis_server_name = t.host
t.sni = t.host
t.ip = define { type = "string", custom_validator = valid "ip" }
t.ip_or_cidr = define { type = "string", custom_validator = valid "ip_or_cidr" }
t.cidr_v4 = define { type = "string", custom_validator = valid "cidr_v4" }
t.cidr = t.cidr_v4
t.port = define { type = "integer", between = { 0, 65535 } }
t.path = define { type = "string", starts_with = "/", match_none = { { pattern = "//", err = "must not have empty segments" } } }
t.url = define { type = "string", custom_validator = valid "url" }
t.cookie_name = define { type = "string", custom_validator = valid "token" }
t.header_name = define { type = "string", custom_validator = valid "header" }
t.timeout = define { type = "integer", between = { 0, 2147483646 } }
t.uuid = define { type = "string", uuid = true }
t.name = define { type = "string", custom_validator = valid "name" }
t.utf8_name = t.name
t.tag = define { type = "string", not_match = "[,/]" }
t.tags = define { type = "set", elements = t.tag }
t.certificate = define { type = "string", match = "^%s*%-%-%-%-%-BEGIN CERTIFICATE%-%-%-%-%-" }
t.key = define { type = "string", encrypted = true, match = "^%s*%-%-%-%-%-BEGIN [%u ]*PRIVATE KEY%-%-%-%-%-" }
t.auto_timestamp_s = define { type = "integer" }
t.auto_timestamp_ms = define { type = "number" }
t.ttl = define { type = "number", between = { 0, 100000000 } }
t.semantic_version = define { type = "string", match = "^%d+[%.%d]*$" }
t.lua_code = define { type = "map", keys = { type = "string" }, values = { type = "string" } }
t.methods = define { type = "set", elements = t.http_method }
t.hosts = define { type = "array", elements = t.wildcard_host }
t.paths = define { type = "array", elements = t.path }
t.headers = define { type = "map", keys = t.header_name, values = { type = "array", elements = { type = "string" } } }
t.protocols = define { type = "set", required = true, default = { "grpc", "grpcs", "http", "https" }, elements = t.protocol }
t.protocols_http = define { type = "set", required = true, default = { "grpc", "grpcs", "http", "https" }, elements = t.protocol }
t.no_consumer = define { type = "foreign", reference = "consumers", eq = null }
t.no_route = define { type = "foreign", reference = "routes", eq = null }
t.no_service = define { type = "foreign", reference = "services", eq = null }
t.no_consumer_group = define { type = "foreign", reference = "consumer_groups", eq = null }

return setmetatable(t, { __index = function(_, name)
    error("typedefs." .. tostring(name) .. " is not there in this gateway", 2)
end })
