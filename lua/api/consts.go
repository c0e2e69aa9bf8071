package api

import (
	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// constants are ngx.OK, ngx.HTTP_*, levels of the log, ngx.null.
var constants = vm.Chapter{
	Name: "constants",
	Doc:  "Numbers with names, and ngx.null.",
	Open: func(v *vm.VM) error {
		for name, n := range numbers {
			if err := v.Put("ngx."+name, func(b luajit.Tape) { b.Int(n) }); err != nil {
				return err
			}
		}
		if err := v.Put("ngx.null", func(b luajit.Tape) { b.Light(0) }); err != nil {
			return err
		}
		return v.Eval(globalsLua, "=globals")
	},
}

// globalsLua puts what other modules of the stock bundle expect.
const globalsLua = `
ndk = { set_var = {} }
do
    local set, ngx, gsub, byte, format = ndk.set_var, ngx, string.gsub, string.byte, string.format
    function set.set_escape_uri(s) return ngx.escape_uri(s) end
    function set.set_unescape_uri(s) return ngx.unescape_uri(s) end
    function set.set_encode_base64(s) return ngx.encode_base64(s) end
    function set.set_decode_base64(s) return ngx.decode_base64(s) end
    function set.set_md5(s) return ngx.md5(s) end
    function set.set_quote_sql_str(s) return ngx.quote_sql_str(s) end
    function set.set_encode_hex(s) return (gsub(s, ".", function(c) return format("%02x", byte(c)) end)) end
    function set.set_decode_hex(s) return (gsub(s, "%x%x", function(h) return string.char(tonumber(h, 16)) end)) end
    -- RFC 4648's "extended hex" alphabet, in small letters and without padding
    function set.set_encode_base32(s)
        local digits, out, bits, have = "0123456789abcdefghijklmnopqrstuv", {}, 0, 0
        for i = 1, #s do
            bits, have = bits % 32 * 256 + byte(s, i), have + 8
            while have >= 5 do
                have = have - 5
                local d = math.floor(bits / 2 ^ have) % 32
                out[#out + 1] = digits:sub(d + 1, d + 1)
            end
        end
        if have > 0 then
            local d = bits * 2 ^ (5 - have) % 32
            out[#out + 1] = digits:sub(d + 1, d + 1)
        end
        return table.concat(out)
    end
    setmetatable(set, { __index = function(_, name)
        error('ndk.set_var: directive "' .. tostring(name) .. '" not found or does not use ndk_set_var_value', 2)
    end, __newindex = function() error("not allowed", 2) end })
end
package.loaded.ndk = ndk
ngx.thread = ngx.thread or {}
`

var numbers = map[string]int{
	"OK": 0, "ERROR": -1, "AGAIN": -2, "DONE": -4, "DECLINED": -5,

	"STDERR": 0, "EMERG": 1, "ALERT": 2, "CRIT": 3, "ERR": 4, "WARN": 5, "NOTICE": 6, "INFO": 7, "DEBUG": 8,

	"HTTP_GET": 0x2, "HTTP_HEAD": 0x4, "HTTP_POST": 0x8, "HTTP_PUT": 0x10, "HTTP_DELETE": 0x20, "HTTP_MKCOL": 0x40,
	"HTTP_COPY": 0x80, "HTTP_MOVE": 0x100, "HTTP_OPTIONS": 0x200, "HTTP_PROPFIND": 0x400, "HTTP_PROPPATCH": 0x800,
	"HTTP_LOCK": 0x1000, "HTTP_UNLOCK": 0x2000, "HTTP_PATCH": 0x4000, "HTTP_TRACE": 0x8000,

	"HTTP_CONTINUE": 100, "HTTP_SWITCHING_PROTOCOLS": 101, "HTTP_OK": 200, "HTTP_CREATED": 201, "HTTP_ACCEPTED": 202,
	"HTTP_NO_CONTENT": 204, "HTTP_PARTIAL_CONTENT": 206, "HTTP_SPECIAL_RESPONSE": 300, "HTTP_MOVED_PERMANENTLY": 301,
	"HTTP_MOVED_TEMPORARILY": 302, "HTTP_SEE_OTHER": 303, "HTTP_NOT_MODIFIED": 304, "HTTP_TEMPORARY_REDIRECT": 307,
	"HTTP_PERMANENT_REDIRECT": 308, "HTTP_BAD_REQUEST": 400, "HTTP_UNAUTHORIZED": 401, "HTTP_PAYMENT_REQUIRED": 402,
	"HTTP_FORBIDDEN": 403, "HTTP_NOT_FOUND": 404, "HTTP_NOT_ALLOWED": 405, "HTTP_NOT_ACCEPTABLE": 406,
	"HTTP_REQUEST_TIMEOUT": 408, "HTTP_CONFLICT": 409, "HTTP_GONE": 410, "HTTP_UPGRADE_REQUIRED": 426,
	"HTTP_TOO_MANY_REQUESTS": 429, "HTTP_CLOSE": 444, "HTTP_ILLEGAL": 451, "HTTP_INTERNAL_SERVER_ERROR": 500,
	"HTTP_NOT_IMPLEMENTED": 501, "HTTP_METHOD_NOT_IMPLEMENTED": 501, "HTTP_BAD_GATEWAY": 502,
	"HTTP_SERVICE_UNAVAILABLE": 503, "HTTP_GATEWAY_TIMEOUT": 504, "HTTP_VERSION_NOT_SUPPORTED": 505,
	"HTTP_INSUFFICIENT_STORAGE": 507,
}
