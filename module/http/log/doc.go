// Package log writes access logs: nginx's ngx_http_log_module.
//
// A log_format is compiled into a list of appenders. At the end of a request the
// log phase runs the list into a scratch buffer, and the line goes from there to
// its place: the buffer of a file (buffer=), the file, a file whose name has
// variables, or a syslog server. Nothing is allocated for a line.
//
// It owns the buffers and their flush timers. The files belong to the cycle,
// which reopens them (USR1) after it has had them flushed.
//
// Where it differs from nginx: a buffer is written out when the next line does
// not fit, where nginx takes the greatest length that the line might have had.
package log
