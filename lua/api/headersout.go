package api

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// headersOut is the response's header.
var headersOut = vm.Chapter{
	Name: "headers_out",
	Doc:  "The response's header.",
	Funcs: []vm.Fn{
		{Name: "moongate.header_get", Request: true, Run: headerGet, Doc: "ngx.header.name"},
		{Name: "moongate.header_set", Request: true, Run: headerSet, Doc: "one value of ngx.header.name = value"},
		{Name: "moongate.set_reason", Request: true, Run: setReason, Doc: "the reason of ngx.resp.set_status"},
		{Name: "ngx.resp.get_headers", Request: true, Run: respHeaders, Doc: "A table of the response's headers."},
		{Name: "moongate.bypass_if_checks", Request: true, Run: func(x *vm.Ctx, c *luajit.Call) luajit.Result {
			return luajit.Return
		}, Doc: "ngx.resp.bypass_if_checks"},
	},
	Lua: `
local type, tostring, error, setmetatable = type, tostring, error, setmetatable
local get, set = moongate.header_get, moongate.header_set

local function set_header(t, key, value, add)
    if type(key) ~= "string" then key = tostring(key) end
    local kind = type(value)
    if kind == "string" then
        return set(key, value, add)
    end
    if value == nil then
        if add then error("invalid header value", 3) end
        return set(key, nil)
    end
    if kind == "table" then
        local n = #value
        if n == 0 then
            if add then return end
            return set(key, nil)
        end
        for i = 1, n do
            local s = value[i]
            if type(s) ~= "string" then s = tostring(s) end
            if set(key, s, add or i > 1) then return end
        end
        return
    end
    return set(key, tostring(value), add)
end

ngx.header = setmetatable({}, {
    __index = get,
    __newindex = function(t, k, v) return set_header(t, k, v, false) end,
})

local set_reason = moongate.set_reason
local resp = {
    version = "0.1.32",
    add_header = function(name, value) set_header(nil, name, value, true) end,
    set_status = function(status, reason)
        ngx.status = status
        if reason then set_reason(tostring(reason)) end
    end,
    bypass_if_checks = moongate.bypass_if_checks,
}
package.loaded["ngx.resp"] = resp
`,
}

// respName is the name of a response header as Lua's underscores mean it.
func respName(x *vm.Ctx, name string) string {
	if x.Conf != nil && x.Conf.Transform && strings.IndexByte(name, '_') >= 0 {
		return strings.ReplaceAll(name, "_", "-")
	}
	return name
}

// headerGet is ngx_http_lua_ffi_get_resp_header: argument 2 is the name.
func headerGet(x *vm.Ctx, c *luajit.Call) luajit.Result {
	r, b := x.R, c.Out()
	key, ok := c.Arg(2).Text()
	if !ok {
		b.Nil()
		return luajit.Return
	}
	name := respName(x, key)
	o := &r.Out
	switch len(name) {
	case 12:
		if http1.EqualFold(name, "Content-Type") {
			if o.ContentType == "" {
				b.Nil()
			} else if o.Charset != "" {
				b.Str(o.ContentType + "; charset=" + o.Charset)
			} else {
				b.Str(o.ContentType)
			}
			return luajit.Return
		}
	case 14:
		if http1.EqualFold(name, "Content-Length") {
			if o.ContentLength >= 0 {
				b.Str(itoa(int(o.ContentLength)))
			} else {
				b.Nil()
			}
			return luajit.Return
		}
	case 13:
		if http1.EqualFold(name, "Last-Modified") && o.LastModified >= 0 {
			b.Bytes(http1.AppendDate(nil, o.LastModified))
			return luajit.Return
		}
	case 8:
		if http1.EqualFold(name, "Location") && o.Location != "" {
			b.Str(o.Location)
			return luajit.Return
		}
	}
	first := -1
	for i := range o.List {
		if !http1.EqualFold(o.List[i].Name, name) {
			continue
		}
		if first < 0 {
			first = i
			continue
		}
		b.Table(4, 0)
		n := 0
		for j := first; j < len(o.List); j++ {
			if http1.EqualFold(o.List[j].Name, name) {
				n++
				b.Str(o.List[j].Value)
				b.SetI(n)
			}
		}
		return luajit.Return
	}
	if first < 0 {
		b.Nil()
	} else {
		b.Str(o.List[first].Value)
	}
	return luajit.Return
}

// headerSet sets or clears one line: name, value or nil, add. It returns true when the
// header has gone out.
func headerSet(x *vm.Ctx, c *luajit.Call) luajit.Result {
	r := x.R
	if x.Phase&(vm.Set|vm.Output|vm.HeaderFilter|vm.BodyFilter|vm.Log|vm.Balancer) == 0 {
		return c.Error("API disabled in the current context")
	}
	if x.HeaderDone() && x.Phase != vm.HeaderFilter {
		r.Logf(errlog.Error, "attempt to set ngx.header.HEADER after sending out response headers")
		c.Out().Bool(true)
		return luajit.Return
	}
	name := r.Copy([]byte(safeText(respName(x, c.Str(1)), true)))
	if name == "" {
		return luajit.Return
	}
	value := ""
	if !c.Arg(2).IsNil() {
		value = r.Copy([]byte(safeText(c.Str(2), false)))
	}
	if len(name) == 14 && value != "" && http1.EqualFold(name, "Content-Length") {
		if _, ok := parseDigits(value); !ok {
			return c.Error("failed to set header %s (error: -1)", name)
		}
	}
	x.HeadersSet = true
	setRespHeader(x, &r.Out, name, value, c.Bool(3))
	return luajit.Return
}

// setRespHeader is ngx_http_lua_set_output_header: what the engine keeps in fields of
// its own goes there.
func setRespHeader(x *vm.Ctx, o *httpd.HeadersOut, name, value string, add bool) {
	switch len(name) {
	case 12:
		if http1.EqualFold(name, "Content-Type") {
			x.MimeSet = true
			o.Charset = ""
			o.ContentType = value
			return
		}
	case 14:
		if http1.EqualFold(name, "Content-Length") {
			if n, ok := parseDigits(value); ok {
				o.ContentLength = n
			} else if value == "" {
				o.ContentLength = -1
			}
			return
		}
	case 13:
		if http1.EqualFold(name, "Last-Modified") {
			o.Del(name)
			o.LastModified = -1
			if value == "" {
				return
			}
			if sec, ok := http1.ParseDate(value); ok && string(http1.AppendDate(nil, sec)) == value {
				o.LastModified = sec
				return
			}
			o.Set(name, value)
			return
		}
		if http1.EqualFold(name, "Accept-Ranges") && value == "" {
			x.R.AllowRanges = false
		}
	case 8:
		if http1.EqualFold(name, "Location") {
			o.Del(name)
			o.Location = ""
			if value != "" && value[0] != '/' {
				o.Location = value
			} else if value != "" {
				o.Set(name, value)
			}
			return
		}
	case 6:
		if http1.EqualFold(name, "Server") {
			o.SetServer(value)
			return
		}
	case 4:
		if http1.EqualFold(name, "Date") {
			o.SetDate(value)
			return
		}
	}
	switch {
	case value == "" && !add:
		o.Del(name)
	case value == "":
	case add && !singleOut(name):
		o.Add(name, value)
	default:
		o.Set(name, value)
	}
}

// singleOut tells response headers of which there is one.
func singleOut(name string) bool {
	for _, s := range [...]string{"Content-Encoding", "Refresh", "Content-Range", "Accept-Ranges", "Expires", "ETag", "E-Tag"} {
		if http1.EqualFold(name, s) {
			return true
		}
	}
	return false
}

// respHeaders is ngx.resp.get_headers.
func respHeaders(x *vm.Ctx, c *luajit.Call) luajit.Result {
	r := x.R
	limit := maxHeaders
	if n, ok := c.ToNumber(1); ok && n >= 0 {
		limit = int(n)
	}
	raw := c.Bool(2)
	o := &r.Out
	list := make([]http1.Header, 0, len(o.List)+8)
	if o.ContentType != "" {
		v := o.ContentType
		if o.Charset != "" {
			v += "; charset=" + o.Charset
		}
		list = append(list, http1.Header{Name: "Content-Type", Value: v})
	}
	if o.ContentLength >= 0 {
		list = append(list, http1.Header{Name: "Content-Length", Value: itoa(int(o.ContentLength))})
	}
	conn := "close"
	if o.Status == 101 {
		conn = "upgrade"
	} else if r.KeepAlive {
		conn = "keep-alive"
	}
	list = append(list, http1.Header{Name: "Connection", Value: conn})
	if o.ContentLength < 0 && r.Version >= http1.HTTP11 && x.HeaderDone() {
		list = append(list, http1.Header{Name: "Transfer-Encoding", Value: "chunked"})
	}
	list = append(list, o.List...)
	if o.Location != "" {
		list = append(list, http1.Header{Name: "Location", Value: o.Location})
	}
	if o.LastModified >= 0 {
		list = append(list, http1.Header{Name: "Last-Modified", Value: string(http1.AppendDate(nil, o.LastModified))})
	}
	cut := false
	if limit > 0 && len(list) > limit {
		r.Debugf("lua exceeding response header limit %d > %d", len(list), limit)
		list, cut = list[:limit], true
	}
	b := c.Out()
	pushHeaders(x, b, list, raw)
	if cut {
		b.Str("truncated")
	}
	return luajit.Return
}
