package api

import (
	"strconv"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// logging is ngx.log and print.
var logging = vm.Chapter{
	Name: "log",
	Doc:  "Lines of the error log.",
	Funcs: []vm.Fn{
		{Name: "ngx.log", Phases: vm.Anywhere, Run: logLine, Doc: "Writes a line of a level."},
		{Name: "print", Phases: vm.Anywhere, Run: printLine, Doc: "Writes a line of level notice."},
	},
}

func logLine(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n, ok := c.ToNumber(1)
	if !ok {
		return c.TypeError(1, "number")
	}
	level := int(n)
	if level < 0 || level > 8 {
		return c.ArgError(1, "bad log level: "+strconv.Itoa(level))
	}
	return writeLog(x, c, errlog.Level(level), 2)
}

func printLine(x *vm.Ctx, c *luajit.Call) luajit.Result { return writeLog(x, c, errlog.Notice, 1) }

// writeLog is log_wrapper of ngx_http_lua_log.c: arguments from first on.
func writeLog(x *vm.Ctx, c *luajit.Call, level errlog.Level, first int) luajit.Result {
	log := x.ErrorLog()
	if !wants(log, level) {
		return luajit.Return
	}
	var few [512]byte
	b := append(few[:0], "[lua] "...)
	if l, ok := c.Thread().Level(1); ok {
		b = append(b, l.Source[strings.LastIndexByte(l.Source, '/')+1:]...)
		b = append(b, ':')
		if l.Line > 0 {
			b = strconv.AppendInt(b, int64(l.Line), 10)
			b = append(b, ": "...)
		} else {
			b = append(b, ' ')
		}
		if l.Name != "" && l.What == 'L' {
			b = append(append(b, l.Name...), "(): "...)
		}
	}
	for i := first; i <= c.N(); i++ {
		v := c.Arg(i)
		if v.Type() == luajit.TTable {
			s, ok := x.V.ToString(c, i)
			if !ok {
				return c.ArgError(i-first+1, "expected table to have __tostring metamethod")
			}
			b = append(b, s...)
			continue
		}
		var ok bool
		if b, ok = appendScalar(b, v); !ok {
			return c.ArgError(i-first+1, "string, number, boolean, or nil expected, got "+v.Type().String())
		}
	}
	speak(log, level, string(b))
	return luajit.Return
}

// wants tells whether a line of a level, debug among them, would be written.
func wants(log *errlog.Log, level errlog.Level) bool {
	if level >= errlog.Debug {
		return log.Debugging(errlog.DebugHTTP)
	}
	return log.Enabled(level)
}

func speak(log *errlog.Log, level errlog.Level, text string) {
	if level >= errlog.Debug {
		log.DebugMessage(errlog.DebugHTTP, text)
		return
	}
	log.Message(level, text)
}
