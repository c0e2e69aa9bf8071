// Package pcre2 matches with PCRE2 and its JIT compiler, linked statically. Only engine/regex calls it; what a pattern
// means in nginx.conf or ngx.re is decided there.
//
// A match is one crossing into C and allocates nothing. What a match needs besides the pattern belongs to the OS thread
// (match data, limits, JIT stack), so a Code may be used by several goroutines at once. Matches are bounded by PCRE2's
// match limit and by 64 MiB of heap, so that a pattern can't hang a worker; nginx sets no limits of its own and relies
// on the same default. Unlike nginx's, the JIT stack may grow to 1 MiB, not 32 KiB.
//
// The functions moongate_ffi_regex_* of bridge.h are visible to Lua's FFI, which reaches them without Go.
package pcre2
