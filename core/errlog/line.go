package errlog

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"moongate/edge/sys/errno"
)

// MaxLine is the longest line with its line feed; the rest is cut off.
const MaxLine = 4096

// errnoRoom is what ngx_log_errno keeps free for the error behind a message
// that is too long, which then ends in "...".
const errnoRoom = 50

var self = strconv.Itoa(os.Getpid())

var lines = sync.Pool{New: func() any {
	b := make([]byte, 0, MaxLine+512)
	return &b
}}

// stamp is the second that was formatted last: lines come in bursts.
type stamp struct {
	second int64
	text   string
}

var lastStamp atomic.Pointer[stamp]

func timestamp(now time.Time) string {
	second := now.Unix()
	if s := lastStamp.Load(); s != nil && s.second == second {
		return s.text
	}
	s := &stamp{second, now.Format("2006/01/02 15:04:05")}
	lastStamp.Store(s)
	return s.text
}

// noEcho is the opposite of nginx's ngx_use_stderr: until a server has started,
// what is grave is shown on standard error too.
var noEcho atomic.Bool

// Echo says whether lines of warn and above are copied to standard error, as
// "nginx: [level] message". It is on when a program starts.
func Echo(on bool) { noEcho.Store(!on) }

func (l *Log) write(level Level, err error, format string, args []any, text string) {
	if l.chain == nil {
		return
	}
	buf := lines.Get().(*[]byte)
	b := append((*buf)[:0], timestamp(time.Now())...)
	b = append(b, " ["...)
	b = append(b, level.String()...)
	b = append(b, "] "...)
	b = append(b, self...)
	b = append(b, '#')
	b = append(b, self...)
	b = append(b, ": "...)
	if l.Number != 0 {
		b = append(b, '*')
		b = strconv.AppendUint(b, l.Number, 10)
		b = append(b, ' ')
	}
	message := len(b)
	switch {
	case format == "":
		b = append(b, text[:min(len(text), MaxLine)]...)
	case len(args) == 0:
		b = append(b, format...)
	default:
		b = fmt.Appendf(b, format, args...)
	}
	if err != nil {
		b = appendError(b, err)
	}
	if level != Debug && l.From != nil {
		b = l.From.AppendLog(b[:min(len(b), MaxLine-1)])
	}
	b = append(b[:min(len(b), MaxLine-1)], '\n')
	wroteStderr := l.chain.write(level, b, l.level&debugConnection != 0)
	if level <= Warn && !wroteStderr && !noEcho.Load() {
		toStderr(level, b[message:])
	}
	*buf = b
	lines.Put(buf)
}

func toStderr(level Level, message []byte) {
	b := make([]byte, 0, len(message)+20)
	b = append(b, "nginx: ["...)
	b = append(b, level.String()...)
	b = append(b, "] "...)
	os.Stderr.Write(append(b, message...))
}

// appendError adds " (2: No such file or directory)" (ngx_log_errno).
func appendError(b []byte, err error) []byte {
	if len(b) > MaxLine-errnoRoom {
		b = append(b[:MaxLine-errnoRoom], "..."...)
	}
	b = append(b, " ("...)
	if n := errno.Number(err); n != 0 {
		b = strconv.AppendInt(b, int64(n), 10)
		b = append(b, ": "...)
		b = append(b, errno.Text(n)...)
	} else {
		b = append(b, err.Error()...)
	}
	return append(b, ')')
}

// Suffix is what a line has behind its message for err.
func Suffix(err error) string { return string(appendError(nil, err)) }

// Console writes "nginx: TEXT" to standard error, and nowhere else
// (ngx_log_stderr).
func Console(err error, format string, args ...any) {
	b := fmt.Appendf([]byte("nginx: "), format, args...)
	if err != nil {
		b = appendError(b, err)
	}
	os.Stderr.Write(append(b[:min(len(b), MaxLine-1)], '\n'))
}
