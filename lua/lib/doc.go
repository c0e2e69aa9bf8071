// Package lib holds the Lua sources that the program brings along: what OpenResty's users require (resty.core's surface,
// resty.redis, resty.mysql, ngx.re...) and, under moongate/, the parts of ngx.* that are written in Lua on top of C and Go
// functions called by FFI, so that compiled code calls them without leaving its trace.
//
// Package lua opens it in every VM, before any chapter of ngx.* that needs it. It owns no state. The modules stand in
// package.preload, which require asks before any path: a lua-resty-core of the system's never comes in between.
//
// All of it is written here. Names, arguments, results and error texts are those of the libraries of the same name.
package lib
