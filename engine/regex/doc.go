// Package regex says what patterns mean: in nginx.conf (location, rewrite, map, server_name, if) in ngx.re, and in the
// checkers of keepalived.conf. The engines, modules, the Lua feature and keepalived call it; it stands on edge/native/pcre2.
//
// Configuration: Compile gives a Regex, identical patterns share one. Exec fills offsets in the caller's slice and allocates
// nothing. Errors read as ngx_regex.c prints them. Every pattern is compiled for the JIT (nginx: "pcre_jit on" only).
//
// ngx.re: ParseOptions knows the letters a d D i j J m o s u U x, and a Cache holds what was compiled with "o", up to
// lua_regex_cache_max_entries, least recently used leaving first.
//
// keepalived.conf: CompileNamed takes options by PCRE2's names, and Find searches from an offset.
package regex
