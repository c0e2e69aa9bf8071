package opentelemetry

import (
	"sync"
	"time"

	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin"
)

var rooms = sync.Pool{New: func() any { return new(message) }}

// Log implements plugin.Log: what collectors are told of the request is made, and queued.
func (i *instance) Log(x *plugin.Context) {
	t := slot.Get(x.R)
	room := rooms.Get().(*message)
	if i.queue != nil && t != nil && t.Sampled {
		*room = t.spans((*room)[:0], x)
		i.queue.Put(append([]byte(nil), *room...))
	}
	if i.lines != nil {
		*room = line((*room)[:0], x, t)
		i.lines.Put(append([]byte(nil), *room...))
	}
	rooms.Put(room)
}

const logRecords = 2 // in ScopeLogs

// Fields of LogRecord.
const (
	logTime      = 1
	logSeverity  = 2
	logLevel     = 3
	logBody      = 5
	logAttribute = 6
	logFlags     = 8
	logTraceID   = 9
	logSpanID    = 10
	logSeen      = 11
)

// line writes the log record of a request.
func line(m message, x *plugin.Context, t *trace) message {
	r, now := x.R, uint64(time.Now().UnixNano())
	method, status := methodOf(r), r.LoggedStatus()
	severity, level := uint64(9), "INFO"
	if status >= 500 {
		severity, level = 17, "ERROR"
	}
	m, at := m.open(logRecords)
	m = m.fixed(logTime, now).int(logSeverity, severity).string(logLevel, level)
	m, body := m.open(logBody)
	m = m.string(1, r.Concat(r.MethodName, " ", pathOf(r), " ", r.Int(int64(status)))).close(body)
	m = m.about(logAttribute, x, method, status).text(logAttribute, "moongate.client.class", x.Class).
		number(logAttribute, "http.request.size", int(r.Received)).number(logAttribute, "http.response.size", int(r.Sent)).
		real(logAttribute, "moongate.latency.total", r.TimeSpent().Seconds())
	if u := upstreamhttp.Of(r); u != nil && len(u.States) > 0 {
		last := &u.States[len(u.States)-1]
		m = m.number(logAttribute, "moongate.upstream.tries", len(u.States)).text(logAttribute, "moongate.upstream.target", last.Peer).
			number(logAttribute, "moongate.upstream.status_code", max(last.Status, 0)).
			real(logAttribute, "moongate.latency.upstream", max(last.ResponseTime, 0).Seconds())
	}
	if id, ok, _ := r.LookupVar("request_id"); ok {
		m = m.text(logAttribute, "moongate.request.id", id)
	}
	if t != nil {
		flags := uint32(0)
		if t.Sampled {
			flags = 1
		}
		m = m.fixed32(logFlags, flags).bytes(logTraceID, t.ID[:]).bytes(logSpanID, t.Span[:])
	}
	return m.fixed(logSeen, now).close(at)
}
