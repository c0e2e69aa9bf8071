package resolver

import "fmt"

// Codes of Error: DNS's own, and nginx's for what is not an answer.
const (
	FormErr  = 1
	ServFail = 2
	NXDomain = 3
	NotImp   = 4
	Refused  = 5
	TimedOut = 110 // NGX_RESOLVE_TIMEDOUT is ETIMEDOUT
)

// Error is a name that could not be resolved.
type Error struct {
	Name string
	Code int
}

// Error is nginx's log line: x could not be resolved (3: Host not found).
func (e *Error) Error() string {
	return fmt.Sprintf("%s could not be resolved (%d: %s)", e.Name, e.Code, CodeText(e.Code))
}

// Timeout makes it a net.Error of that kind.
func (e *Error) Timeout() bool { return e.Code == TimedOut }

// CodeText is ngx_resolver_strerror.
func CodeText(code int) string {
	switch code {
	case FormErr:
		return "Format error"
	case ServFail:
		return "Server failure"
	case NXDomain:
		return "Host not found"
	case NotImp:
		return "Unimplemented"
	case Refused:
		return "Operation refused"
	case TimedOut:
		return "Operation timed out"
	}
	return "Unknown error"
}
