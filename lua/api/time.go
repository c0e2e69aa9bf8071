package api

import (
	"time"

	"moongate/edge/native/luajit"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/lua/vm"
)

// times is nginx's cached time in several forms.
var times = vm.Chapter{
	Name: "time",
	Doc:  "The time, as cached by the event loop.",
	Funcs: []vm.Fn{
		{Name: "ngx.time", Phases: vm.Anywhere, Doc: "Seconds since 1970.", Run: func(_ *vm.Ctx, c *luajit.Call) luajit.Result {
			c.Out().Num(float64(event.Now().Unix()))
			return luajit.Return
		}},
		{Name: "ngx.now", Phases: vm.Anywhere, Doc: "Seconds with milliseconds.", Run: func(_ *vm.Ctx, c *luajit.Call) luajit.Result {
			c.Out().Num(float64(event.Now().UnixMilli()) / 1000)
			return luajit.Return
		}},
		{Name: "ngx.update_time", Phases: vm.Anywhere, Doc: "Reads the clock.", Run: func(_ *vm.Ctx, c *luajit.Call) luajit.Result {
			event.UpdateTime()
			return luajit.Return
		}},
		{Name: "ngx.today", Phases: vm.Anywhere, Run: formatted("2006-01-02", false), Doc: "The local date."},
		{Name: "ngx.localtime", Phases: vm.Anywhere, Run: formatted("2006-01-02 15:04:05", false), Doc: "The local time."},
		{Name: "ngx.utctime", Phases: vm.Anywhere, Run: formatted("2006-01-02 15:04:05", true), Doc: "The time in UTC."},
		{Name: "ngx.http_time", Phases: vm.Anywhere, Run: httpTime(http1.AppendDate), Doc: "A date for headers."},
		{Name: "ngx.cookie_time", Phases: vm.Anywhere, Run: httpTime(http1.AppendCookieDate), Doc: "A date for cookies."},
		{Name: "ngx.parse_http_time", Phases: vm.Anywhere, Run: parseTime, Doc: "Seconds since 1970 of a header's date."},
	},
	Lua: `
ngx.get_now_ts, ngx.get_now, ngx.get_today = ngx.time, ngx.localtime, ngx.today
`,
}

func formatted(layout string, utc bool) func(*vm.Ctx, *luajit.Call) luajit.Result {
	return func(_ *vm.Ctx, c *luajit.Call) luajit.Result {
		t := event.Now()
		if utc {
			t = t.UTC()
		} else {
			t = t.In(time.Local)
		}
		var room [32]byte
		c.Out().Bytes(t.AppendFormat(room[:0], layout))
		return luajit.Return
	}
}

func httpTime(format func([]byte, int64) []byte) func(*vm.Ctx, *luajit.Call) luajit.Result {
	return func(_ *vm.Ctx, c *luajit.Call) luajit.Result {
		n, ok := c.ToNumber(1)
		if !ok {
			return c.Error("number argument only")
		}
		var room [48]byte
		c.Out().Bytes(format(room[:0], int64(n)))
		return luajit.Return
	}
}

func parseTime(_ *vm.Ctx, c *luajit.Call) luajit.Result {
	s, ok := c.Arg(1).Text()
	if !ok {
		return c.Error("string argument only")
	}
	b := c.Out()
	if sec, ok := http1.ParseDate(s); ok {
		b.Num(float64(sec))
	} else {
		b.Nil()
	}
	return luajit.Return
}
