package api

import (
	"testing"
)

func TestText(t *testing.T) {
	check(t, pure(t), []luaCase{
		{`return ngx.escape_uri("a b&c/ü~"), ngx.escape_uri("a b?c", 0), ngx.escape_uri("plain"), ngx.escape_uri(nil), ngx.escape_uri(12)`, `a%20b%26c%2F%C3%BC~|a%20b%3Fc|plain||12`},
		{`return pcall(ngx.escape_uri, "a", 9)`, `false|"type" 9 out of range`},
		{`return pcall(ngx.escape_uri, "a", "x")`, `false|"type" is not a number`},
		{`return ngx.unescape_uri("a%20b+c%zz%4"), ngx.unescape_uri("%E4%bD%A0")`, `a b c%zz%4|你`},
		{`return ngx.encode_base64("a"), ngx.encode_base64("ab"), ngx.encode_base64("abc"), ngx.encode_base64("a", true), ngx.encode_base64("")`, `YQ==|YWI=|YWJj|YQ|`},
		{`return ngx.decode_base64("YWI="), ngx.decode_base64("YWI"), ngx.decode_base64("Y"), ngx.decode_base64("Y*==")`, `ab|ab|nil|nil`},
		{`return ngx.decode_base64mime("YW\nJj"), pcall(ngx.decode_base64, 1)`, `abc|false|string argument only`},
		{`return pcall(ngx.encode_base64, "a", 1)`, `false|bad no_padding: boolean expected, got number`},
		{`local b = require "ngx.base64" return b.encode_base64url("\255\254\253"), b.decode_base64url("__79"), b.decode_base64url("?")`, "__79|\xff\xfe\xfd|nil|invalid input"},
		{`return ngx.quote_sql_str("a'b\"c\\\n\r\t\0\026\b"), ngx.quote_sql_str("")`, `'a\'b\"c\\\n\r\t\0\Z\b'|''`},
		{`return pcall(ngx.quote_sql_str)`, `false|expecting one argument`},
		{`return ngx.crc32_short("hello, world"), ngx.crc32_long("")`, `4289425978|0`},
	})
}

func TestDigests(t *testing.T) {
	check(t, pure(t), []luaCase{
		{`return ngx.md5("hello"), #ngx.md5_bin("hello"), ngx.md5(nil)`, `5d41402abc4b2a76b9719d911017c592|16|d41d8cd98f00b204e9800998ecf8427e`},
		{`local s = require "resty.string" return s.to_hex(ngx.sha1_bin("hello")), s.to_hex(ngx.hmac_sha1("key", "hello")), s.atoi("12ab"), s.atoi("x")`,
			`aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d|b34ceac4516ff23a143e61d79d0fa7a4fbe5f266|12|0`},
		{`return pcall(ngx.hmac_sha1, "a")`, `false|expecting 2 arguments, but got 1`},
		{`local s = require "resty.string" local d = require("resty.sha256"):new() d:update("hel") d:update("lo") local a = s.to_hex(d:final())
			d:reset() return a == s.to_hex(d:final()), a`, `false|2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824`},
		{`local s = require "resty.string" local out = {} for _, n in ipairs{"md5", "sha1", "sha224", "sha384", "sha512"} do
			local d = require("resty." .. n):new() d:update("a") out[#out + 1] = #d:final() end return unpack(out)`, `16|20|28|48|64`},
		{`local h = require "resty.hmac" local d = h:new("key", h.ALGOS.SHA256) d:update("hel") return d:final("lo", true)`, `9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b`},
		{`return #require("resty.random").bytes(20), require("resty.random").bytes(8) ~= require("resty.random").bytes(8)`, `20|true`},
		{`for i = 1, 200 do require("resty.md5"):new():update("x") end collectgarbage() return true`, `true`},
	})
	digestStreams.Lock()
	defer digestStreams.Unlock()
	if n := len(digestStreams.all); n > 20 {
		t.Errorf("%d digests were not collected", n)
	}
}

// The expected texts were made with "openssl enc".
func TestAES(t *testing.T) {
	check(t, pure(t), []luaCase{
		{`local aes, s = require "resty.aes", require "resty.string"
			local a = aes:new("AKeyForAES") local e = a:encrypt("hello") return s.to_hex(e), a:decrypt(e)`, `aa9e16011001441050ebacd82fd6d7d2|hello`},
		{`local aes, s = require "resty.aes", require "resty.string"
			local a = aes:new("AKeyForAES-256-CBC", "MySalt!!", aes.cipher(256, "cbc"), aes.hash.sha512, 5) return s.to_hex(a:encrypt("hello"))`, `55215606d9271ae50cfab671f194765e`},
		{`local aes, s = require "resty.aes", require "resty.string"
			local a = aes:new("0123456789abcdef", nil, aes.cipher(128, "gcm"), {iv = "0123456789ab"})
			local e = a:encrypt("hello") return #e[1], #e[2], a:decrypt(e[1], e[2]), a:decrypt(e[1], ("x"):rep(16))`, `5|16|hello|nil`},
		{`local aes = require "resty.aes" local out = {}
			for _, m in ipairs{"ecb", "cbc", "cfb1", "cfb8", "cfb128", "ofb", "ctr"} do
				local a = aes:new("0123456789abcdef", nil, aes.cipher(128, m), {iv = "0123456789abcdef"})
				out[#out + 1] = a:decrypt(a:encrypt("a moon gate is round")) end return table.concat(out, ",")`,
			`a moon gate is round,a moon gate is round,a moon gate is round,a moon gate is round,a moon gate is round,a moon gate is round,a moon gate is round`},
		{`local aes = require "resty.aes" return aes:new("x", "short"), select(2, aes:new("x", "short"))`, `nil|salt must be 8 characters or nil`},
	})
}
