// Package errlog is nginx's error_log: levels, the line format, and where lines
// go (files, standard error, syslog, a ring in memory).
//
//	2026/11/23 19:00:00 [error] PID#TID: *CONNECTION message (2: No such file or directory), client: ...
//
// A Log is one speaker's view: small, copied by value, kept inside a cycle, a
// connection or a request. It points to a Chain, the outputs that one or several
// error_log directives of a level name together. Enabled is one comparison, so
// ask it before building arguments on a hot path: a call's variadic arguments
// are built even when nobody listens.
//
// It owns the syslog sockets and the rings. Files belong to the cycle, which
// opens and reopens them (edge/sys/file.Append). A line is at most MaxLine
// bytes: OpenResty's 4096 (its builds change nginx's 2048), so that a Lua stack
// fits. Where nginx writes the thread's number behind "#" stands the pid, which is
// what a single-threaded nginx process has there too.
package errlog
