package luajit

// The whole archive is linked in and its symbols are exported, so that Lua modules written in C find the entire Lua API
// in the program, and ffi.C finds what ffi.c defines.

/*
#cgo CFLAGS: -O2 -Wall -Wextra -I/usr/include/luajit-2.1
#cgo LDFLAGS: -l:libluajit-5.1.a -lm -ldl -Wl,-E
#cgo noescape mg_resume
#cgo noescape mg_pcall
#cgo noescape mg_do
#cgo noescape mg_load
#cgo noescape mg_long_string
#cgo noescape mg_tonumber
#cgo noescape mg_flatten
#cgo noescape mg_level_at
#cgo nocallback mg_level_at
#cgo noescape mg_tape_grow
#cgo nocallback mg_tape_grow
#include "bridge.h"
*/
import "C"
