package api

import (
	"strings"

	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// arguments is the query string: read, written, of the URI and of a POST.
var arguments = vm.Chapter{
	Name: "args",
	Doc:  "Query arguments.",
	Funcs: []vm.Fn{
		{Name: "moongate.uri_args", Request: true, Run: uriArgs, Doc: "ngx.req.get_uri_args"},
		{Name: "ngx.req.get_post_args", Request: true, Run: postArgs, Doc: "A table of the arguments in the body."},
		{Name: "ngx.req.set_uri_args", Request: true, Run: setURIArgs, Doc: "Replaces the query string."},
		{Name: "ngx.encode_args", Phases: vm.Anywhere, Run: encodeArgs, Doc: "A query string of a table."},
		{Name: "ngx.decode_args", Phases: vm.Anywhere, Run: decodeArgs, Doc: "A table of a query string."},
	},
	Lua: `
local get = moongate.uri_args
local pairs = pairs
function ngx.req.get_uri_args(max, into)
    local t, err = get(max or -1)
    if into then
        for k in pairs(into) do into[k] = nil end
        for k, v in pairs(t) do into[k] = v end
        return into, err
    end
    return t, err
end
ngx.req.get_query_args = ngx.req.get_uri_args
`,
}

// maxArgs is NGX_HTTP_LUA_MAX_ARGS.
const maxArgs = 100

// pushArgs writes a table of the arguments in s (ngx_http_lua_parse_args); max 0 is no
// limit. cut: there were more.
func pushArgs(b luajit.Tape, s string, max int) (cut bool) {
	b.Table(0, 4)
	var kroom, vroom [256]byte
	for n := 1; len(s) > 0; n++ {
		part, more := s, false
		if i := strings.IndexByte(s, '&'); i >= 0 {
			part, s, more = s[:i], s[i+1:], true
		} else {
			s = ""
		}
		// An empty name doesn't get into the table, but counts.
		if k, v, has := strings.Cut(part, "="); k != "" {
			k = decoded(k, kroom[:0])
			if has {
				b.Pair(k, decoded(v, vroom[:0]))
			} else {
				b.PairTrue(k)
			}
		}
		if n == max && more {
			return true
		}
	}
	return false
}

// decoded undoes percent-encoding and plus signs.
func decoded(s string, room []byte) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	b := room
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '+':
			b = append(b, ' ')
		case ch == '%' && i+2 < len(s) && hexVal(s[i+1]) >= 0 && hexVal(s[i+2]) >= 0:
			b = append(b, byte(hexVal(s[i+1])<<4|hexVal(s[i+2])))
			i += 2
		default:
			b = append(b, ch)
		}
	}
	return string(b)
}

func hexVal(ch byte) int {
	switch {
	case ch >= '0' && ch <= '9':
		return int(ch - '0')
	case ch >= 'a' && ch <= 'f':
		return int(ch-'a') + 10
	case ch >= 'A' && ch <= 'F':
		return int(ch-'A') + 10
	}
	return -1
}

func uriArgs(x *vm.Ctx, c *luajit.Call) luajit.Result {
	max := maxArgs
	if n, ok := c.ToNumber(1); ok && n >= 0 {
		max = int(n)
	}
	b := c.Out()
	if pushArgs(b, x.R.Args, max) {
		x.R.Debugf("lua hit query args limit %d", max)
		b.Str("truncated")
	}
	return luajit.Return
}

func postArgs(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if n := c.N(); n > 1 {
		return c.Error("expecting 0 or 1 arguments but seen %d", n)
	}
	max := maxArgs
	if c.N() == 1 {
		n, ok := c.ToNumber(1)
		if !ok {
			return c.TypeError(1, "number")
		}
		max = int(n)
	}
	r := x.R
	b := c.Out()
	if r.Body.Discarded() {
		b.Table(0, 0)
		return luajit.Return
	}
	if !r.Body.Present() {
		return c.Error("no request body found; maybe you should turn on lua_need_request_body?")
	}
	if r.Body.File != nil {
		return c.Fail("request body in temp file not supported")
	}
	if pushArgs(b, view(r.Body.Mem), max) {
		x.R.Debugf("lua hit query args limit %d", max)
		b.Str("truncated")
	}
	return luajit.Return
}

// appendQuery appends the query string of a table argument
// (ngx_http_lua_process_args_option).
func appendQuery(dst []byte, c *luajit.Call, i int) (out []byte, why string) {
	vs, ok := c.Flatten(i, 2)
	if !ok {
		return dst, "bad argument"
	}
	return appendPairs(dst, vs)
}

func appendPairs(dst []byte, vs luajit.Values) (out []byte, why string) {
	for i := 0; i+1 < len(vs); {
		k, v := vs[i], vs[i+1]
		if k.Type() != luajit.TString {
			return dst, "attempt to use a non-string key in the \"args\" option table"
		}
		if v.Type() != luajit.TTable {
			if dst, why = appendPair(dst, k.Str(), v); why != "" {
				return dst, why
			}
			i += 2
			continue
		}
		end := i + 2 + v.Len()
		for j := i + 2; j+1 < end+1 && vs[j].Type() != luajit.TEnd; j += 2 {
			if dst, why = appendPair(dst, k.Str(), vs[j+1]); why != "" {
				return dst, why
			}
		}
		i = end + 1
	}
	return dst, ""
}

func appendPair(dst []byte, key string, v luajit.Value) (out []byte, why string) {
	switch v.Type() {
	case luajit.TBoolean:
		if !v.Bool() {
			return dst, ""
		}
		dst = amp(dst)
		return escapeComponent(dst, key), ""
	case luajit.TString, luajit.TNumber:
		dst = amp(dst)
		dst = escapeComponent(dst, key)
		dst = append(dst, '=')
		if v.Type() == luajit.TNumber {
			return luajit.AppendNumber(dst, v.Num()), ""
		}
		return escapeComponent(dst, v.Str()), ""
	}
	return dst, "attempt to use " + v.Type().String() + " as query arg value"
}

func amp(dst []byte) []byte {
	if len(dst) > 0 {
		return append(dst, '&')
	}
	return dst
}

func setURIArgs(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 1 {
		return c.Error("expecting 1 argument but seen %d", c.N())
	}
	var buf []byte
	switch c.Type(1) {
	case luajit.TNumber:
		buf, _ = c.Arg(1).AppendText(nil)
	case luajit.TString:
		buf = escapeArgs(nil, c.Str(1))
	case luajit.TTable:
		var why string
		if buf, why = appendQuery(nil, c, 1); why != "" {
			return c.Error("%s", why)
		}
	default:
		return c.ArgError(1, "string, number, or table expected, but got "+c.Type(1).String())
	}
	x.R.Args = x.R.Copy(buf)
	x.R.ValidURI = false
	return luajit.Return
}

// escapeArgs encodes what may not stand in a request line at all
// (ngx_http_lua_escape_args).
func escapeArgs(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		if ch := s[i]; ch <= 0x20 || ch == 0x7f {
			dst = append(dst, '%', hex[ch>>4], hex[ch&15])
		} else {
			dst = append(dst, ch)
		}
	}
	return dst
}

// escapeComponent encodes all but what RFC 2396 does not reserve
// (ngx_http_lua_escape_uri's table, which is older than nginx's).
func escapeComponent(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		ch := s[i]
		plain := ch >= '0' && ch <= '9' || ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || strings.IndexByte("-_.!~*'()", ch) >= 0
		if plain {
			dst = append(dst, ch)
		} else {
			dst = append(dst, '%', hex[ch>>4], hex[ch&15])
		}
	}
	return dst
}

func encodeArgs(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 1 {
		return c.Error("expecting 1 argument but seen %d", c.N())
	}
	if c.Type(1) != luajit.TTable {
		return c.TypeError(1, "table")
	}
	buf, why := appendQuery(nil, c, 1)
	if why != "" {
		return c.Error("%s", why)
	}
	c.Out().Bytes(buf)
	return luajit.Return
}

func decodeArgs(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if n := c.N(); n != 1 && n != 2 {
		return c.Error("expecting 1 or 2 arguments but seen %d", n)
	}
	s, ok := c.Arg(1).Text()
	if !ok {
		return c.TypeError(1, "string")
	}
	max := maxArgs
	if c.N() == 2 {
		n, ok := c.ToNumber(2)
		if !ok {
			return c.TypeError(2, "number")
		}
		max = int(n)
	}
	b := c.Out()
	if pushArgs(b, s, max) {
		b.Str("truncated")
	}
	return luajit.Return
}
