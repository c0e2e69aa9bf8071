package syslog

import (
	"fmt"
	"os"
	"time"
)

// How a message begins. The name of the sender is Kong's, which filters look for.

// local is what syslog(3) says to the system's own log, which knows its host.
func local(priority int, now time.Time, _ string) []byte {
	return fmt.Appendf(nil, "<%d>%s kong: ", priority, now.Format(time.Stamp))
}

// bsd is RFC 3164, 4.1, for a log elsewhere.
func bsd(priority int, now time.Time, host string) []byte {
	return fmt.Appendf(nil, "<%d>%s %s kong: ", priority, now.Format(time.Stamp), host)
}

// ietf is RFC 5424, 6: no message id and no structured data.
func ietf(priority int, now time.Time, host string) []byte {
	return fmt.Appendf(nil, "<%d>1 %s %s kong %d - - ", priority, now.UTC().Format("2006-01-02T15:04:05.000Z"), host, os.Getpid())
}

// hostname is this host's; "-" is RFC 5424's word for one that is not known.
func hostname() string {
	if h, err := os.Hostname(); err == nil && h != "" {
		return h
	}
	return "-"
}
