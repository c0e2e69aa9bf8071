// Package luajit runs Lua with LuaJIT (OpenResty's branch, linked statically) for the lua feature, its only caller. It
// owns the VM, its coroutines and the crossings between Go and C; what ngx.* means is decided above.
//
// Whoever calls holds the VM: one goroutine at a time, from any OS thread. Only State.Interrupt may come from elsewhere.
//
// # Crossings
//
// A crossing costs about 40 ns from Go to C and 60 ns back, so each one carries a batch:
//
//   - Go to Lua: values are written as commands on a Tape, which is C memory; Resume, Call or Do hand the whole tape over.
//   - Lua to Go: arguments, results and flattened tables come as an array of Value records in C memory.
//   - A Go function (Func) is called by one C trampoline. Its results go on the tape too and cost no crossing: the
//     trampoline runs the tape after Go has returned, and only then raises or yields.
//
// So a Lua error or yield never unwinds a Go frame, no Go pointer is kept by C, and nothing is allocated on the way.
//
// # Strings
//
// Strings that come from Lua are views into its memory: they live as long as the value stays on its stack (until
// the Func returns; until the next Resume of the thread). Clone what is kept.
//
// # Stopping
//
// Interrupt makes interpreted code raise at its next instruction and every call into Go raise at once, through any number of
// pcalls. A loop that the JIT compiler has compiled and that calls nothing of ours does not look: LuaJIT checks no
// hooks in compiled code (LUAJIT_ENABLE_CHECKHOOK is off in the distribution's build). The end of the process is what
// is left then, and it is what a worker does when worker_shutdown_timeout has passed.
//
// # Memory
//
// "Not enough memory" outside of a protected call can't be unwound over Go frames: it ends the process with status 2
// after a line on stderr, "lua atpanic: Lua VM crashed, reason: ...", as in nginx.
package luajit
