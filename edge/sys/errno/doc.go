// Package errno words the kernel's error numbers as glibc does, so that log
// lines read as nginx writes them: "connect() failed (111: Connection refused)".
// Everybody who logs a system error calls it. Go's own texts differ in case and
// now and then in wording. It owns nothing.
package errno
