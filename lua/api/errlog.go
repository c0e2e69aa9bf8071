package api

import (
	"strconv"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// errorLog is the module ngx.errlog.
var errorLog = vm.Chapter{
	Name: "errlog",
	Doc:  "The lines that lua_capture_error_log keeps.",
	Funcs: []vm.Fn{
		{Name: "moongate.raw_log", Phases: vm.Anywhere, Run: rawLog, Doc: "raw_log"},
		{Name: "moongate.log_level", Phases: vm.Anywhere, Run: logLevel, Doc: "get_sys_filter_level"},
		{Name: "moongate.log_filter", Phases: vm.Anywhere, Run: filterLog, Doc: "set_filter_level"},
		{Name: "moongate.log_take", Phases: vm.Anywhere, Run: takeLine, Doc: "level, time and text of the oldest line"},
	},
	Lua: `
local error, type = error, type
local raw_log, log_level, filter, take = moongate.raw_log, moongate.log_level, moongate.log_filter, moongate.log_take
package.preload["ngx.errlog"] = function()
    local _M = { version = "0.1.32" }

    function _M.raw_log(level, msg)
        if type(level) ~= "number" then
            error("bad argument #1 to 'raw_log' (must be a number)", 2)
        end
        if type(msg) ~= "string" then
            error("bad argument #2 to 'raw_log' (must be a string)", 2)
        end
        if level < 0 or level > 8 then error("bad log level", 2) end
        raw_log(level, msg)
    end

    function _M.get_sys_filter_level() return log_level() end

    function _M.set_filter_level(level)
        if not level then return nil, 'missing "level" argument' end
        return filter(level)
    end

    -- Three places for each line, and nil behind the last when the table was used before.
    function _M.get_logs(max, logs)
        max, logs = max or 10, logs or {}
        local n = 0
        for _ = 1, max do
            local level, time, text = take()
            if not level then
                if time then return nil, time end
                break
            end
            logs[n + 1], logs[n + 2], logs[n + 3] = level, time, text
            n = n + 3
        end
        logs[n + 1] = nil
        return logs
    end

    return _M
end
`,
}

const notCaptured = `directive "lua_capture_error_log" is not set`

func filterLog(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n, ok := c.ToNumber(1)
	if !ok {
		return c.TypeError(1, "number")
	}
	switch lines := x.V.Lines; {
	case lines == nil:
		return c.Fail(notCaptured)
	case n < 0 || n > float64(errlog.Debug):
		return c.Fail("bad log level: " + strconv.Itoa(int(n)))
	default:
		lines.Filter(errlog.Level(n))
	}
	c.Out().Bool(true)
	return luajit.Return
}

func takeLine(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if x.V.Lines == nil {
		return c.Fail(notCaptured)
	}
	var room [errlog.MaxLine]byte
	level, seconds, text, ok := x.V.Lines.Take(room[:0])
	b := c.Out()
	if !ok {
		b.Nil()
		return luajit.Return
	}
	b.Int(int(level))
	b.Num(seconds)
	b.Bytes(text)
	return luajit.Return
}

func rawLog(x *vm.Ctx, c *luajit.Call) luajit.Result {
	speak(x.ErrorLog(), errlog.Level(c.Num(1)), c.Str(2))
	return luajit.Return
}

func logLevel(x *vm.Ctx, c *luajit.Call) luajit.Result {
	c.Out().Int(int(min(x.ErrorLog().Level(), errlog.Debug)))
	return luajit.Return
}
