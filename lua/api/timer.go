package api

import (
	"time"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// timers is ngx.timer.
var timers = vm.Chapter{
	Name: "timer",
	Doc:  "Code that runs later, for no request.",
	Funcs: []vm.Fn{
		{Name: "moongate.timer", Phases: vm.NotInit &^ vm.ExitWorker, Run: addTimer, Doc: "ngx.timer.at and ngx.timer.every: delay, period or 0, {function, arguments}"},
		{Name: "ngx.timer.running_count", Phases: vm.Anywhere, Doc: "How many timers run.", Run: func(x *vm.Ctx, c *luajit.Call) luajit.Result {
			running, _ := x.V.Timers.Counts()
			c.Out().Int(running)
			return luajit.Return
		}},
		{Name: "ngx.timer.pending_count", Phases: vm.Anywhere, Doc: "How many timers wait.", Run: func(x *vm.Ctx, c *luajit.Call) luajit.Result {
			_, pending := x.V.Timers.Counts()
			c.Out().Int(pending)
			return luajit.Return
		}},
	},
	Lua: `
local add, type, select, tonumber, error = moongate.timer, type, select, tonumber, error
local getinfo = debug.getinfo

local function check(name, n, delay, f)
    if n < 2 then error("expecting at least 2 arguments but got " .. n, 3) end
    local d = tonumber(delay)
    if d == nil then
        error("bad argument #1 to '" .. name .. "' (number expected, got " .. type(delay) .. ")", 3)
    end
    if type(f) ~= "function" or getinfo(f, "S").what == "C" then
        error("bad argument #2 to '" .. name .. "' (Lua function expected)", 3)
    end
    return d
end

function ngx.timer.at(delay, f, ...)
    local n = select("#", ...)
    local d = check("at", n + (f == nil and delay == nil and 0 or 2), delay, f)
    if d < 0 then error("invalid timer delay", 2) end
    return add(d, 0, { f, n = n + 1, ... })
end

function ngx.timer.every(delay, f, ...)
    local n = select("#", ...)
    local d = check("every", n + 2, delay, f)
    if d <= 0 then error("delay cannot be zero", 2) end
    return add(d, d, { f, n = n + 1, ... })
end
`,
}

// addTimer makes a timer: delay, period, {function, arguments..., n = }.
func addTimer(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if x.V.Worker == nil {
		return c.Error("API disabled in the context of %s", x.Phase)
	}
	delay := seconds(c.Num(1))
	ref := c.Ref(3)
	if why := x.V.AddTimer(delay, seconds(c.Num(2)), ref, x.Conf, timerLog(x)); why != "" {
		x.V.St.Unref(ref)
		return c.Fail(why)
	}
	x.Debugf("created timer (count: every:%t)", c.Num(2) > 0)
	c.Out().Int(1)
	return luajit.Return
}

func seconds(n float64) time.Duration { return time.Duration(n*1000) * time.Millisecond }

// timerLog speaks for a timer: in the place of whom made it.
func timerLog(x *vm.Ctx) *errlog.Log {
	l := new(errlog.Log)
	from := timerContext{}
	chain := x.V.Log.Chain()
	if r := x.R; r != nil {
		chain = r.ErrorLog().Chain()
		from.client = r.Conn.RemoteAddr().Addr().Unmap().String()
		from.server = r.Conn.LocalAddr().String()
	} else if p, ok := x.ErrorLog().From.(timerContext); ok {
		from = p
		chain = x.ErrorLog().Chain()
	}
	l.SetChain(chain)
	l.Number = x.V.Worker.Proc.Connection()
	l.From = from
	return l
}

type timerContext struct{ client, server string }

// AppendLog is ngx_http_lua_log_timer_error.
func (t timerContext) AppendLog(b []byte) []byte {
	b = append(b, ", context: ngx.timer"...)
	if t.client != "" {
		b = append(append(b, ", client: "...), t.client...)
		b = append(append(b, ", server: "...), t.server...)
	}
	return b
}
