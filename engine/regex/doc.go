// Package regex says what patterns mean: in nginx.conf (location, rewrite, map, server_name, if) and in ngx.re. The
// engines, modules and the Lua feature call it; it stands on edge/native/pcre2.
//
// Configuration: Compile gives a Regex, identical patterns share one. Exec fills offsets in the caller's slice and allocates
// nothing. Errors read as ngx_regex.c prints them. Every pattern is compiled for the JIT (nginx: "pcre_jit on" only).
//
// ngx.re: ParseOptions knows the letters a d D i j J m o s u U x, and a Cache holds what was compiled with "o", up to
// lua_regex_cache_max_entries, least recently used leaving first.
package regex
