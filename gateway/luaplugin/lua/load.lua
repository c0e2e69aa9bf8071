-- Loads the plugins that the configuration names.
local host, json, schemas = ...
local type, error, pcall = type, error, pcall

local known = { "init_worker", "rewrite", "access", "response", "header_filter", "body_filter", "log" }
local missing = { "certificate", "configure", "preread", "init_stream", "ws_handshake", "ws_client_frame", "ws_upstream_frame", "ws_close" }

local instead = { certificate = "ssl_certificate_by_lua* of the server runs in handshakes", preread = "there is no stream{} behind it", init_stream = "there is no stream{} behind it" }

local function compile(file)
    local f, err = loadstring(file.text, "@" .. file.path)
    if not f then error(err, 0) end
    return f
end

-- Modules beside the plugins: kong.plugins.NAME.x is looked for as NAME/x.lua too.
table.insert(package.loaders, function(name)
    local found = host.module(name)
    if not found then return "\n\tno such file in plugins_path" end
    return compile(json.decode(found))
end)

local function run(file, what)
    local v = compile(file)()
    if type(v) ~= "table" then error(file.path .. ": " .. what .. " must be a table that the file returns", 0) end
    return v
end

local function phases(handler, file, wrap)
    local t, list = {}, {}
    for _, name in ipairs(missing) do
        if handler[name] then error(file.path .. ": there is no phase \"" .. name .. "\" in this gateway" .. (instead[name] and ": " .. instead[name] or ""), 0) end
    end
    for _, name in ipairs(known) do
        local f = handler[name]
        if f ~= nil then
            if type(f) ~= "function" then error(file.path .. ": " .. name .. " must be a function", 0) end
            t[name] = wrap(f)
            list[#list + 1] = name
        end
    end
    if t.response and (t.header_filter or t.body_filter) then
        error(file.path .. ": response can't be together with header_filter or body_filter in one plugin", 0)
    end
    if #list == 0 then error(file.path .. ": none of its fields is a phase: " .. table.concat(known, ", "), 0) end
    return t, list
end

local function priority(v, file, what)
    if v == nil then return 0 end
    if type(v) ~= "number" or v ~= math.floor(v) then error(file.path .. ": " .. what .. " must be a whole number", 0) end
    return v
end

-- Kong's two files: methods of a handler, and a schema.
local function pair(name, files)
    local schema = run(files.schema, "the schema")
    package.loaded["kong.plugins." .. name .. ".schema"] = schema
    local handler = run(files.handler, "the handler")
    package.loaded["kong.plugins." .. name .. ".handler"] = handler
    local t, list = phases(handler, files.handler, function(f)
        return function(conf) return f(handler, conf) end
    end)
    if schema.name ~= name then error(files.schema.path .. ": its name must be \"" .. name .. "\"", 0) end
    local d = schemas.plugin(schema, files.schema.path)
    d.priority, d.version = priority(handler.PRIORITY, files.handler, "PRIORITY"), handler.VERSION
    return t, list, d
end

-- One file: functions of the configuration and a table of the plugin's own.
local function single(name, file)
    local p = run(file, "the plugin")
    if p.name ~= nil and p.name ~= name then error(file.path .. ": its name must be \"" .. name .. "\"", 0) end
    local t, list = phases(p, file, function(f) return f end)
    local schema = p.schema or {}
    if type(schema) ~= "table" then error(file.path .. ": schema must be a table", 0) end
    if not schema.fields then
        local config = { type = "record", fields = {}, entity_checks = schema.entity_checks }
        for i, f in ipairs(schema) do config.fields[i] = f end
        schema = { name = name, fields = { { config = config } } }
    end
    local d = schemas.plugin(schema, file.path)
    d.priority, d.version, d.doc = priority(p.priority, file, "priority"), p.version, p.doc
    return t, list, d
end

local plugins, order = {}, {}
for _, p in ipairs(json.decode(host.plugins())) do
    local t, list, d
    if p.single then
        t, list, d = single(p.name, p.single)
    else
        t, list, d = pair(p.name, p)
    end
    d.name, d.phases = p.name, list
    plugins[p.name] = { phases = t, description = d }
    order[#order + 1] = p.name
end
return plugins, order
