package api

import "moongate/lua/vm"

// guard warns of globals that requests would share, and is the last chapter but those
// that need nothing of it (ngx_http_lua_inject_global_write_guard).
var guard = vm.Chapter{
	Name: "_G write guard",
	Doc:  "Warns of writes to globals.",
	Open: func(v *vm.VM) error { return v.Eval(guardLua, "=_G write guard") },
}

const guardLua = `
local ngx_log = ngx.log
local ngx_WARN = ngx.WARN
local tostring = tostring
local rawset = rawset
local ngx_get_phase = ngx.get_phase
local traceback = require 'debug'.traceback
setmetatable(_G, { __newindex = function(table, key, value)
    rawset(table, key, value)
    local phase = ngx_get_phase()
    if phase == 'init_worker' or phase == 'init' then
        return
    end
    ngx_log(ngx_WARN, 'writing a global Lua variable (\'', tostring(key), '\') which may lead to ',
            'race conditions between concurrent requests, so prefer the use of \'local\' variables', traceback('', 2))
end })
`
