package opentelemetry

import (
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"time"

	"moongate/core/errlog"
	"moongate/core/version"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
)

// signal is a kind of what is sent.
type signal struct{ name, service string } // for log lines; of gRPC

var (
	ofTraces = signal{"spans", "trace.v1.TraceService"}
	ofLogs   = signal{"log records", "logs.v1.LogsService"}
)

// way is how a batch gets to a collector.
type way interface {
	// send gives what the collector has answered. The error says whether it may be tried
	// again, and when (logging.ErrNone, logging.Later).
	send(body []byte) (answer []byte, err error)
	where() string
	Close()
}

// sink sends batches to a collector, each as one request (OTLP 1.x).
type sink struct {
	log *errlog.Log
	signal
	name     string
	head     head
	gzip     bool
	way      way
	body     message
	packed   packed
	rejected plugin.Seldom
}

// head is what stands before the records of a batch: all signals have it in the same fields.
type head struct{ resource, scope message }

const schemaURL = "https://opentelemetry.io/schemas/1.26.0"

// newHead makes it: the fields of ResourceSpans and of ScopeSpans, or of their like.
func newHead(resource message) (h head) {
	h.resource = message(nil).bytes(1, resource).string(3, schemaURL)
	h.scope = message(nil).bytes(1, message(nil).string(1, "moongate/gateway").string(2, version.Moongate))
	return h
}

// resource says who we are. What the configuration says counts.
func resource(own map[string]string) (m message) {
	all := map[string]string{"service.name": "moongate", "service.version": version.Moongate, "service.instance.id": entity.NewID(), "process.pid": ""}
	if host, err := os.Hostname(); err == nil {
		all["host.name"] = host
	}
	for name, value := range own {
		all[name] = value
	}
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == "process.pid" && all[name] == "" {
			m = m.number(1, name, os.Getpid())
			continue
		}
		m = m.text(1, name, all[name])
	}
	return m
}

// frame puts an ExportTraceServiceRequest, or its like, around records.
func (h *head) frame(m message, batch [][]byte) message {
	scope := len(h.scope)
	for _, b := range batch {
		scope += len(b)
	}
	whole := len(h.resource) + 1 + sizeOf(uint64(scope)) + scope
	m = binary.AppendUvarint(m.tag(1, length), uint64(whole))
	m = append(m, h.resource...)
	m = append(message(binary.AppendUvarint(m.tag(2, length), uint64(scope))), h.scope...)
	for _, b := range batch {
		m = append(m, b...)
	}
	return m
}

// Write implements logging.Sink.
func (s *sink) Write(batch [][]byte) (int, error) {
	s.body = s.head.frame(s.body[:0], batch)
	body := []byte(s.body)
	if s.gzip {
		body = s.packed.pack(body)
	}
	answer, err := s.way.send(body)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", s.way.where(), err)
	}
	if n, why := rejected(answer); n > 0 || why != "" {
		if missed, ok := s.rejected.Now(); ok {
			s.log.Warn(nil, "gateway: %s: %s has not taken %d %s (%d more such answers since the last such line): %s", s.name, s.way.where(), n, s.signal.name, missed, why)
		}
	}
	return len(batch), nil
}

// busy is the error of a collector that says when to come again.
type busy struct {
	error
	after time.Duration
}

// After implements logging.Later.
func (b *busy) After() time.Duration { return b.after }

// rejected reads an ExportTraceServiceResponse, or its like: how many records were not
// taken, and why.
func rejected(b []byte) (n uint64, why string) {
	each(b, func(field int, _ uint64, partial []byte) {
		if field == 1 {
			each(partial, func(field int, v uint64, text []byte) {
				switch field {
				case 1:
					n = v
				case 2:
					why = clean(string(text))
				}
			})
		}
	})
	return n, why
}

// each calls f for the fields of a message, up to one that is none.
func each(b []byte, f func(field int, n uint64, text []byte)) {
	for len(b) > 0 {
		tag, size := binary.Uvarint(b)
		if size <= 0 {
			return
		}
		n, more := binary.Uvarint(b[size:])
		if more <= 0 {
			return
		}
		b = b[size+more:]
		switch tag & 7 {
		case varint:
			f(int(tag>>3), n, nil)
		case length:
			if n > uint64(len(b)) {
				return
			}
			f(int(tag>>3), 0, b[:n])
			b = b[n:]
		default:
			return
		}
	}
}

// Close implements logging.Sink.
func (s *sink) Close() { s.way.Close() }
