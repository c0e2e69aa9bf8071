package log

import (
	"strconv"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

// appender is op.run.
type appender = func(b []byte, r *httpd.Request, o *op) []byte

// computed are the variables that the log computes itself, always and whatever
// the name means elsewhere (ngx_http_log_vars).
var computed = map[string]appender{
	"pipe":            appendPipe,
	"time_local":      appendTimeLocal,
	"time_iso8601":    appendISO8601,
	"msec":            appendMsec,
	"request_time":    appendRequestTime,
	"status":          appendStatus,
	"bytes_sent":      appendBytesSent,
	"body_bytes_sent": appendBodyBytesSent,
	"request_length":  appendRequestLength,
}

// values append any other variable.
var values = [...]appender{escapeDefault: appendVar, escapeJSON: appendVarJSON, escapeNone: appendVarPlain}

func appendText(b []byte, _ *httpd.Request, o *op) []byte { return append(b, o.text...) }

func appendVar(b []byte, r *httpd.Request, o *op) []byte {
	v, ok := r.Var(o.index)
	if !ok {
		return append(b, '-')
	}
	return appendEscaped(b, v)
}

func appendVarJSON(b []byte, r *httpd.Request, o *op) []byte {
	v, _ := r.Var(o.index)
	return appendJSON(b, v)
}

func appendVarPlain(b []byte, r *httpd.Request, o *op) []byte {
	v, _ := r.Var(o.index)
	return append(b, v...)
}

func appendPipe(b []byte, r *httpd.Request, _ *op) []byte {
	if r.Pipelined() {
		return append(b, 'p')
	}
	return append(b, '.')
}

func appendTimeLocal(b []byte, _ *httpd.Request, _ *op) []byte {
	return append(b, stampNow().local...)
}

func appendISO8601(b []byte, _ *httpd.Request, _ *op) []byte {
	return append(b, stampNow().iso...)
}

func appendMsec(b []byte, _ *httpd.Request, _ *op) []byte {
	return appendMillis(b, event.UnixNano()/1e6)
}

func appendRequestTime(b []byte, r *httpd.Request, _ *op) []byte {
	// Both ends are cut to milliseconds first, as nginx's clock is.
	return appendMillis(b, max(event.UnixNano()/1e6-r.Start.UnixMilli(), 0))
}

// appendMillis is nginx's "%T.%03M".
func appendMillis(b []byte, ms int64) []byte {
	b = strconv.AppendInt(b, ms/1000, 10)
	ms %= 1000
	return append(b, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}

func appendStatus(b []byte, r *httpd.Request, _ *op) []byte {
	s := r.LoggedStatus()
	if s > 999 {
		return strconv.AppendInt(b, int64(s), 10)
	}
	return append(b, byte('0'+s/100), byte('0'+s/10%10), byte('0'+s%10))
}

func appendBytesSent(b []byte, r *httpd.Request, _ *op) []byte {
	return strconv.AppendInt(b, r.Main.Sent, 10)
}

func appendBodyBytesSent(b []byte, r *httpd.Request, _ *op) []byte {
	return strconv.AppendInt(b, max(r.Main.Sent-r.HeaderSize, 0), 10)
}

func appendRequestLength(b []byte, r *httpd.Request, _ *op) []byte {
	return strconv.AppendInt(b, r.Received, 10)
}
