-- The global kong of plugins: what there is of Kong's plugin development kit. All else says
-- by its name that it is not there.
local host, json, state, part = ...
local ngx, type, error, tostring, tonumber, pairs, ipairs, pcall = ngx, type, error, tostring, tonumber, pairs, ipairs, pcall
local var = ngx.var
local unpack, select, setmetatable = unpack, select, setmetatable

-- What plugins for Kong look for in vain, and what they could do.
local reasons = {
    ["kong.vault"] = "there are no vaults: values come from the configuration",
    ["kong.cluster_events"] = "nodes meet in the store only",
    ["kong.worker_events"] = "workers meet in kong.cache and ngx.shared",
}

local function section(path, t)
    return setmetatable(t, { __index = function(_, name)
        local what = path .. "." .. tostring(name)
        local why = reasons[what]
        error(what .. " is not there in this gateway" .. (why and ": " .. why or ""), 2)
    end })
end

local function decode(text)
    if text == nil then return nil end
    local v = json.decode(text)
    for k, e in pairs(v) do
        if e == ngx.null then v[k] = nil end
    end
    return v
end

local function first(v)
    if type(v) == "table" then return v[1] end
    return v
end

local function text(v, what)
    if type(v) == "number" or type(v) == "boolean" then return tostring(v) end
    if type(v) ~= "string" then error(what .. " must be a string", 3) end
    return v
end

-- kong.request: what the client has sent.
local request = {}
function request.get_scheme() return var.scheme end
function request.get_host() return var.host end
function request.get_port() return tonumber(var.server_port) end
function request.get_forwarded_scheme() return var.scheme end
function request.get_forwarded_host() return var.host end
function request.get_forwarded_port() return tonumber(var.server_port) end
function request.get_forwarded_prefix() return host.prefix() end
function request.get_http_version() return ngx.req.http_version() end
function request.get_method() return ngx.req.get_method() end
function request.get_start_time() return ngx.req.start_time() * 1000 end
function request.get_path_with_query() return var.request_uri end
function request.get_raw_path() return (var.request_uri:gsub("%?.*$", "")) end
function request.get_path() return host.path() end
function request.get_forwarded_path() return request.get_raw_path() end
function request.get_raw_query() return var.args or "" end
function request.get_query(max) return ngx.req.get_uri_args(max or 100) end
function request.get_query_arg(name) return first(ngx.req.get_uri_args(0)[name]) end
function request.get_headers(max) return ngx.req.get_headers(max or 100) end
function request.get_header(name) return first(ngx.req.get_headers(0)[text(name, "the name of a header")]) end
function request.get_uri_captures()
    local t = json.decode(host.captures())
    local unnamed = {}
    for i, v in ipairs(t.unnamed) do unnamed[i - 1] = v end
    return { unnamed = setmetatable(unnamed, json.array_mt), named = t.named }
end
function request.get_raw_body()
    ngx.req.read_body()
    local body = ngx.req.get_body_data()
    if body then return body end
    if ngx.req.get_body_file() then
        return nil, "request body did not fit into client body buffer, consider raising 'client_body_buffer_size'"
    end
    return ""
end
function request.get_body(kind, max)
    kind = kind or request.get_header("content-type") or ""
    if kind:find("application/x-www-form-urlencoded", 1, true) then
        ngx.req.read_body()
        local t, err = ngx.req.get_post_args(max or 100)
        if not t then return nil, err, "application/x-www-form-urlencoded" end
        return t, nil, "application/x-www-form-urlencoded"
    elseif kind:find("application/json", 1, true) then
        local body, err = request.get_raw_body()
        if not body then return nil, err, "application/json" end
        local ok, t = pcall(json.decode, body)
        if not ok or type(t) ~= "table" then return nil, "invalid json body", "application/json" end
        return t, nil, "application/json"
    end
    return nil, "unsupported content type '" .. kind .. "'", kind
end

-- kong.service: the request as the service gets it, and where it goes.
local asked = {}
function asked.set_header(name, value)
    text(value, "the value of a header")
    if name:lower() == "host" then
        var.gateway_host = tostring(value)
    else
        ngx.req.set_header(name, tostring(value))
    end
end
function asked.add_header(name, value)
    text(value, "the value of a header")
    if name:lower() == "host" then
        var.gateway_host = tostring(value)
        return
    end
    local old = ngx.req.get_headers(0)[name]
    if old == nil then
        ngx.req.set_header(name, tostring(value))
    else
        local list = type(old) == "table" and { unpack(old) } or { old }
        list[#list + 1] = tostring(value)
        ngx.req.set_header(name, list)
    end
end
function asked.clear_header(name) ngx.req.clear_header(name) end
function asked.set_headers(list)
    for name, v in pairs(list) do
        if type(v) == "table" then
            ngx.req.set_header(name, v)
        else
            asked.set_header(name, v)
        end
    end
end
function asked.set_scheme(scheme)
    if scheme ~= "http" and scheme ~= "https" then error("invalid scheme: " .. tostring(scheme), 2) end
    var.gateway_scheme = scheme
end
function asked.set_path(path)
    text(path, "path")
    if path:sub(1, 1) ~= "/" then error("path must start with /", 2) end
    var.gateway_path = path
end
function asked.set_raw_query(query) var.gateway_query = text(query, "query") end
function asked.set_query(args)
    if type(args) ~= "table" then error("args must be a table", 2) end
    var.gateway_query = ngx.encode_args(args)
end
function asked.set_method(name)
    local n = ngx["HTTP_" .. tostring(name)]
    if not n then error("invalid method: " .. tostring(name), 2) end
    ngx.req.set_method(n)
end
function asked.set_raw_body(body)
    text(body, "body")
    ngx.req.read_body()
    ngx.req.set_body_data(body)
end
function asked.set_body(args, kind)
    if type(args) ~= "table" then error("args must be a table", 2) end
    kind = kind or request.get_header("content-type") or ""
    local body
    if kind:find("application/x-www-form-urlencoded", 1, true) then
        body = ngx.encode_args(args)
    elseif kind:find("application/json", 1, true) then
        body = json.encode(args)
    else
        return nil, "unsupported content type '" .. kind .. "'"
    end
    ngx.req.read_body()
    ngx.req.set_body_data(body)
    ngx.req.set_header("Content-Type", kind)
    return true
end

local answered = {}
function answered.get_status()
    local list = var.upstream_status
    return list and tonumber(list:match("(%d+)%s*$"))
end
function answered.get_header(name) return var["upstream_http_" .. text(name, "the name of a header"):lower():gsub("-", "_")] end
function answered.get_headers(max) return ngx.resp.get_headers(max or 100) end

function answered.get_raw_body()
    local body = host.whole()
    if body == nil then error("the body of the service's answer is there in the phase response only", 2) end
    return body
end
function answered.get_body(kind)
    local body = answered.get_raw_body()
    kind = kind or answered.get_header("content-type") or ""
    if kind:find("application/x-www-form-urlencoded", 1, true) then return ngx.decode_args(body, 0) end
    if not kind:find("application/json", 1, true) then return nil, "unsupported content type '" .. kind .. "'" end
    local ok, t = pcall(json.decode, body)
    if not ok or type(t) ~= "table" then return nil, "invalid json body" end
    return t
end

local function point(name, value)
    local ok, err = pcall(function() var[name] = value end)
    if ok then return true end
    return nil, err
end

local service = { request = section("kong.service.request", asked), response = section("kong.service.response", answered) }
function service.set_upstream(name) return point("gateway_upstream", text(name, "host")) end
function service.set_target(name, port)
    if name:find(":", 1, true) then name = "[" .. name .. "]" end
    var.gateway_target = name .. ":" .. tostring(port)
end

local function milliseconds(v, what)
    if type(v) ~= "number" or v ~= math.floor(v) or v < 1 or v > 2147483646 then error(what .. " must be an integer between 1 and 2147483646", 3) end
    return tostring(v)
end
function service.set_timeouts(connect, write, read)
    host.timeouts(milliseconds(connect, "connect_timeout"), milliseconds(write, "write_timeout"), milliseconds(read, "read_timeout"))
end
function service.set_retries(n)
    if type(n) ~= "number" or n ~= math.floor(n) or n < 0 or n > 32767 then error("retries must be an integer between 0 and 32767", 2) end
    host.retries(tostring(n))
end

-- kong.response: what the client gets.
local response = {}
function response.get_status() return ngx.status end
function response.set_status(n) ngx.status = n end
function response.get_header(name) return first(ngx.header[name]) end
function response.get_headers(max) return ngx.resp.get_headers(max or 100) end
function response.set_header(name, value) ngx.header[name] = tostring(value) end
function response.set_headers(list)
    for name, v in pairs(list) do ngx.header[name] = v end
end
function response.add_header(name, value)
    local old = ngx.header[name]
    if old == nil then
        ngx.header[name] = tostring(value)
    else
        local list = type(old) == "table" and { unpack(old) } or { old }
        list[#list + 1] = tostring(value)
        ngx.header[name] = list
    end
end
function response.clear_header(name) ngx.header[name] = nil end
function response.get_source()
    local s = state()
    if s.source then return s.source end
    return host.asked() and "service" or "error"
end
function response.get_raw_body()
    local s = state()
    local own = s.own[s.plugin.plugin]
    local part, last = ngx.arg[1], ngx.arg[2]
    own.parts = own.parts or {}
    table.insert(own.parts, part or "")
    if last then
        ngx.arg[1] = table.concat(own.parts)
        return ngx.arg[1]
    end
    ngx.arg[1] = nil
end
function response.set_raw_body(body)
    ngx.arg[1] = text(body, "body")
    ngx.arg[2] = true
end
local function exit(source, status, body, headers)
    if type(status) ~= "number" or status < 100 or status > 599 then error("code must be a number between 100 and 599", 3) end
    if ngx.headers_sent then error("headers have already been sent", 3) end
    ngx.status = status
    for name, v in pairs(headers or {}) do ngx.header[name] = v end
    if type(body) == "table" then
        body = json.encode(body)
        if not (headers and (headers["Content-Type"] or headers["content-type"])) then
            ngx.header["Content-Type"] = "application/json; charset=utf-8"
        end
    end
    state().source = source
    ngx.header["Content-Length"] = body and #body or 0
    if body then ngx.print(body) else ngx.send_headers() end
    return ngx.exit(status)
end
function response.exit(status, body, headers) return exit("exit", status, body, headers) end
local messages = { [400] = "Bad request", [401] = "Unauthorized", [403] = "Forbidden", [404] = "Not found", [405] = "Method not allowed",
    [413] = "Payload too large", [429] = "API rate limit exceeded", [500] = "An unexpected error occurred", [502] = "An invalid response was received from the upstream server",
    [503] = "The upstream server is currently unavailable", [504] = "The upstream server is timing out" }
function response.error(status, message, headers)
    return exit("error", status, { message = message or messages[status] or "An unexpected error occurred" }, headers)
end

-- kong.client: who asks.
local client = {}
function client.get_ip() return var.realip_remote_addr or var.remote_addr end
function client.get_forwarded_ip() return var.remote_addr end
function client.get_port() return tonumber(var.realip_remote_port or var.remote_port) end
function client.get_forwarded_port() return tonumber(var.remote_port) end
function client.get_consumer() return decode(host.consumer()) end
function client.get_credential()
    local s = state()
    if s.credential then return s.credential end
    local id = var.gateway_credential
    return id and { id = id } or nil
end
function client.load_consumer(id, by_name) return decode(host.load_consumer(text(id, "consumer_id"), by_name and "1" or "")) end
function client.authenticate(consumer, credential)
    if consumer == nil and credential == nil then error("either credential or consumer must be provided", 2) end
    state().credential = credential
    host.authenticate(consumer and consumer.id or "", credential and (credential.id or "anonymous credential") or "")
end
function client.get_protocol() return var.scheme end

local router = {}
function router.get_route() return decode(host.route()) end
function router.get_service() return decode(host.service()) end

-- kong.log: lines of the error log, with the plugin's name.
local function line(level)
    return function(...)
        local p = state().plugin
        return ngx.log(level, p and "[" .. p.plugin .. "] " or "", ...)
    end
end
local function outside(level) -- where there is no request
    local inside = line(level)
    return function(...)
        local phase = ngx.get_phase()
        if phase == "init" or phase == "init_worker" or phase == "timer" then return ngx.log(level, ...) end
        return inside(...)
    end
end
local log = {}
for name, level in pairs { emerg = ngx.EMERG, alert = ngx.ALERT, crit = ngx.CRIT, err = ngx.ERR, warn = ngx.WARN, notice = ngx.NOTICE, info = ngx.INFO, debug = ngx.DEBUG } do
    log[name] = outside(level)
end
local function show(v, deep)
    if type(v) == "string" then return string.format("%q", v) end
    if type(v) ~= "table" or deep > 5 then return tostring(v) end
    local out = {}
    for k, e in pairs(v) do out[#out + 1] = (type(k) == "string" and k or "[" .. tostring(k) .. "]") .. " = " .. show(e, deep + 1) end
    table.sort(out)
    return "{ " .. table.concat(out, ", ") .. " }"
end
function log.inspect(...)
    local out = {}
    for i = 1, select("#", ...) do out[i] = show((select(i, ...)), 0) end
    return log.debug(table.concat(out, " "))
end
-- The record of a request is that of the gateway's own logs.
function log.serialize() return json.decode(host.record()) end
function log.set_serialize_value(name, value, options)
    if type(name) ~= "string" then error("key must be a string", 2) end
    local mode = options and options.mode or "set"
    if mode ~= "set" and mode ~= "add" and mode ~= "replace" then error("mode must be 'set', 'add' or 'replace'", 2) end
    local ok, v = pcall(json.encode, value == nil and ngx.null or value)
    if not ok then error("value must be nil, a number, string, boolean or a non-self-referencial table containing numbers, string and booleans", 2) end
    host.record_value(name, v, mode)
end
setmetatable(log, {
    __call = function(_, ...) return log.notice(...) end,
    __index = function(_, name) error("kong.log." .. tostring(name) .. " is not there in this gateway", 2) end,
})

local ctx = setmetatable({}, { __index = function(_, name)
    local s = state()
    if name == "shared" then return s.shared end
    if name == "plugin" then return s.own[s.plugin.plugin] end
    error("kong.ctx." .. tostring(name) .. " is not there in this gateway", 2)
end, __newindex = function() error("kong.ctx.shared and kong.ctx.plugin can't be replaced, only filled", 2) end })

local tables = {}
function tables.new(narr, nrec) return require("table.new")(narr or 0, nrec or 0) end
function tables.clear(t) return require("table.clear")(t) end
function tables.merge(a, b)
    local out = {}
    for k, v in pairs(a or {}) do out[k] = v end
    for k, v in pairs(b or {}) do out[k] = v end
    return out
end

local plugin = {}
function plugin.get_id() return state().plugin.id end

local node = {}
function node.get_id() return host.node() end
function node.get_hostname() return var.hostname end

local kong = {
    version = "3.9.1", version_num = 3009001,
    request = section("kong.request", request), service = section("kong.service", service), response = section("kong.response", response),
    client = section("kong.client", client), router = section("kong.router", router), log = log, ctx = ctx,
    -- No proxy in front is trusted by the gateway itself: see set_real_ip_from.
    ip = section("kong.ip", { is_trusted = function() return false end }),
    cache = section("kong.cache", part("cache", host, json)), db = section("kong.db", part("db", host, json)),
    node = section("kong.node", node), table = section("kong.table", tables), plugin = section("kong.plugin", plugin),
    nginx = section("kong.nginx", { get_subsystem = function() return "http" end, get_tls1_version_str = function() return var.ssl_protocol end }),
}
return section("kong", kong)
