package api

import (
	"strings"

	"moongate/edge/native/luajit"
	"moongate/edge/wire/http1"
	"moongate/lua/vm"
)

// headersIn is the request's header.
var headersIn = vm.Chapter{
	Name: "headers_in",
	Doc:  "The request's header.",
	Funcs: []vm.Fn{
		{Name: "ngx.req.get_headers", Request: true, Run: reqHeaders, Doc: "A table of the request's headers."},
		{Name: "moongate.set_header", Request: true, Run: setReqHeader, Doc: "ngx.req.set_header of values that are strings"},
	},
	Lua: headersLua,
	Open: func(v *vm.VM) error {
		r, err := v.Function("return moongate.headers_mt", "=headers")
		v.Keep(headersMeta{}, r)
		return err
	},
}

// headersMeta is the key of the metatable that finds headers in any case.
type headersMeta struct{}

const headersLua = `
local lower, find, gsub, rawget, type, tostring, error = string.lower, string.find, string.gsub, rawget, type, tostring, error
local set = moongate.set_header

moongate.headers_mt = {
    __index = function(t, k)
        k = lower(k)
        local v = rawget(t, k)
        if v == nil and find(k, "_", 1, true) then
            v = rawget(t, (gsub(k, "_", "-")))
        end
        return v
    end
}

local function set_header(name, value, override, where)
    if name == nil then
        error("bad 'name' argument: string expected, got nil", 3)
    end
    if type(name) ~= "string" then name = tostring(name) end
    if value == nil then
        if not override then
            error("bad 'value' argument: string or table expected, got nil", 3)
        end
        return set(name, override)
    end
    if type(value) == "table" then
        local n = #value
        if n == 0 then
            if not override then error("bad 'value' argument: non-empty table expected", 3) end
            return set(name, override)
        end
        for i = 1, n do
            local s = value[i]
            if type(s) ~= "string" then s = tostring(s) end
            set(name, override and i == 1, s)
        end
        return
    end
    if type(value) ~= "string" then value = tostring(value) end
    return set(name, override, value)
end

function ngx.req.set_header(name, value) return set_header(name, value, true) end
function ngx.req.add_header(name, value) return set_header(name, value, false) end
function ngx.req.clear_header(name) return set_header(name, nil, true) end
package.loaded["ngx.req"] = { add_header = ngx.req.add_header, version = "0.1.32" }
ngx.req.add_header = nil
`

// maxHeaders is NGX_HTTP_LUA_MAX_HEADERS.
const maxHeaders = 100

func reqHeaders(x *vm.Ctx, c *luajit.Call) luajit.Result {
	r := x.R
	limit := maxHeaders
	if n, ok := c.ToNumber(1); ok && n >= 0 {
		limit = int(n)
	}
	raw := c.Bool(2)
	list := r.In.List
	cut := false
	if limit > 0 && len(list) > limit {
		r.Debugf("lua exceeding request header limit %d > %d", len(list), limit)
		list, cut = list[:limit], true
	}
	b := c.Out()
	pushHeaders(x, b, list, raw)
	if cut {
		b.Str("truncated")
	}
	return luajit.Return
}

// pushHeaders writes a table of headers, in one go.
func pushHeaders(x *vm.Ctx, b luajit.Tape, list []http1.Header, raw bool) {
	b.Table(0, len(list))
	var room [64]byte
	for i := range list {
		name := list[i].Name
		if !raw {
			name = lower(name, room[:0])
		}
		b.Pair(name, list[i].Value)
	}
	if !raw {
		b.Meta(x.V.Kept(headersMeta{}).(luajit.Ref))
	}
}

// setReqHeader sets (override) or adds one line: name, override, value or nil.
func setReqHeader(x *vm.Ctx, c *luajit.Call) luajit.Result {
	r := x.R
	if r.Version < http1.HTTP10 {
		return luajit.Return
	}
	name, override := c.Str(1), c.Bool(2)
	if c.Arg(3).IsNil() {
		r.In.Del(name)
		headerChanged(x, name, "")
		return luajit.Return
	}
	name = r.Copy([]byte(safeText(name, true)))
	value := r.Copy([]byte(safeText(c.Str(3), false)))
	known := http1.LookupHeader(name)
	switch {
	case known == http1.Host && override && value == "":
		r.In.Del(name)
	case override && value == "" && known != http1.OtherHeader:
		r.In.Del(name)
	case override || single(known):
		r.In.Set(name, value)
	default:
		r.In.Add(name, value)
	}
	headerChanged(x, name, value)
	return luajit.Return
}

// single tells the headers of which there is one: adding replaces it.
func single(id http1.HeaderID) bool {
	switch id {
	case http1.Host, http1.ContentLength, http1.ContentType, http1.UserAgent, http1.Connection:
		return true
	}
	return false
}

// headerChanged keeps what the engine has read of the header in step.
func headerChanged(x *vm.Ctx, name, value string) {
	r := x.R
	switch http1.LookupHeader(name) {
	case http1.ContentLength:
		if value == "" {
			r.In.ContentLength = -1
		} else if n, ok := parseDigits(value); ok {
			r.In.ContentLength = n
		}
	case http1.Host:
		host := strings.ToLower(value)
		if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
			host = host[:i]
		}
		r.Host = host
		r.ForgetVar("host")
	}
}

func parseDigits(s string) (int64, bool) {
	if s == "" || len(s) > 18 {
		return 0, false
	}
	var n int64
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

// safeText percent-encodes what would break a header's line apart
// (ngx_http_lua_copy_escaped_header).
func safeText(s string, name bool) string {
	bad := func(ch byte) bool {
		if name {
			return ch < 0x21 || ch >= 0x7f || strings.IndexByte("\"(),/:;<=>?@[\\]{}", ch) >= 0
		}
		return ch < 0x20 && ch != '\t' || ch == 0x7f
	}
	for i := 0; i < len(s); i++ {
		if bad(s[i]) {
			b := make([]byte, 0, len(s)+8)
			for j := 0; j < len(s); j++ {
				if bad(s[j]) {
					const hex = "0123456789ABCDEF"
					b = append(b, '%', hex[s[j]>>4], hex[s[j]&15])
				} else {
					b = append(b, s[j])
				}
			}
			return string(b)
		}
	}
	return s
}
