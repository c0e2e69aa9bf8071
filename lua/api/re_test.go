package api

import "testing"

func TestRegex(t *testing.T) {
	check(t, pure(t), []luaCase{
		{`local m = ngx.re.match("hello, 1234", "([0-9])([0-9]+)", "jo") return m[0], m[1], m[2]`, `1234|1|234`},
		{`local m, err = ngx.re.match("hello", "[0-9]+") return m, err`, `nil|nil`},
		{`local m = ngx.re.match("ab", "(a)|(x)(?<n>b)?") return m[0], m[2], m[3], m.n`, `a|false|false|false`},
		{`local m = ngx.re.match("2024-05", "(?<y>\\d+)-(?<m>\\d+)") return m.y, m.m`, `2024|05`},
		{`local m = ngx.re.match("ab", "(?<n>a)(?<n>b)", "D") return m.n[1], m.n[2]`, `a|b`},
		{`local c = {pos = 3} local m = ngx.re.match("1 22 333", "\\d+", "", c) return m[0], c.pos`, `22|5`},
		{`local res = {} local m = ngx.re.match("x1", "\\d", "", nil, res) return m == res, res[0]`, `true|1`},
		{`return ngx.re.match("a", "(")`, `nil|pcre2_compile() failed: missing closing parenthesis in "("`},
		{`return pcall(ngx.re.match, "a", "a", "q")`, `false|unknown flag "q" (flags "q")`},
		{`return ngx.re.find("hello 42", "(\\d)(\\d)"), select(2, ngx.re.find("hello 42", "(\\d)(\\d)")), ngx.re.find("hello 42", "(\\d)(\\d)", "", nil, 2)`, `7|8|8|8`},
		{`return ngx.re.find("a", "(a)", "", nil, 3)`, `nil|nil|nth out of bound`},
		{`return ngx.re.find("ab", "b", "a"), (ngx.re.find("aB", "b", "i"))`, `nil|2`},
		{`local out = {} for m in ngx.re.gmatch("a1b2c", "[a-z]") do out[#out + 1] = m[0] end return table.concat(out, ",")`, `a,b,c`},
		{`local it = ngx.re.gmatch("ab", "x*") local n = 0 while it() do n = n + 1 end return n`, `3`},
		{`return ngx.re.sub("hello, 1234", "([0-9])[0-9]", "[$0][$1]")`, `hello, [12][1]34|1`},
		{`return ngx.re.gsub("hello, world", "([a-z])[a-z]+", "[$0,$1]", "i")`, `[hello,h], [world,w]|2`},
		{`return ngx.re.gsub("a1", "(\\d)", "${1}0$$")`, `a10$|1`},
		{`return ngx.re.gsub("abc", "", "-")`, `-a-b-c-|4`},
		{`return ngx.re.gsub("abc", "[a-z]", function(m) return m[0]:upper() .. ngx.re.sub("x", "[a-z]", "y", "o") end, "o")`, `AyByCy|3`},
		{`return ngx.re.gsub("a", "b", "c")`, `a|0`},
		{`return ngx.re.sub("a", "a", "$x")`, `nil|nil|failed to compile the replacement template`},
		{`ngx.re.sub("a", "a", "${1") return logged`, `the closing bracket in "1" variable is missing`},
		{`ngx.re.sub("a", "a", "$") return logged`, `lua script: invalid capturing variable name found in "$"`},
		{`ngx.re.sub("a", "a", "$name") return logged`, `attempt to use named capturing variable "name" (named captures not supported yet)`},
		{`return ngx.re.sub(12, 1, 3)`, `32|1`},
		{`local s = require("ngx.re").split return table.concat(s("a,b,,c,", ","), "|"), table.concat(s("a,b,c", ",", nil, nil, 2), "|"), table.concat(s("a1b", "(\\d)"), "|"), table.concat(s("abc", ""), "|")`,
			`a|b||c|a|b,c|a|1|b|a|b|c`},
		{`for i = 1, 40 do ngx.re.match("a", "a" .. i % 12, "jo") end return require("moongate.pattern").cached()`, `8`},
		{`return pcall(require("ngx.re").opt, "jit_stack_size", 1000)`, `false|changing jit stack size is not allowed when some regexs have already been compiled and cached`},
		{`return pcall(require("ngx.re").opt, "x", 1)`, `false|unrecognized option name`},
		{`local n = 0 for i = 1, 300 do local m = ngx.re.match("key=" .. i, "(\\w+)=(\\d+)", "jo") n = n + m[2] end return n`, `45150`},
	})
}
