package opentelemetry

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"moongate/core/errlog"
	"moongate/core/version"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
)

// keepFor is how long a connection to the collector may be idle.
const keepFor = 60 * time.Second

// sink sends batches to a collector, each as one request (OTLP 1.x over HTTP).
type sink struct {
	log      *errlog.Log
	name     string
	request  string // all but the length
	head     head
	gzip     bool
	conn     logging.Conn
	body     message
	packed   packed
	out      []byte
	rejected plugin.Seldom
}

// head is what stands before the spans of a batch.
type head struct{ resource, scope message }

const schemaURL = "https://opentelemetry.io/schemas/1.26.0"

// newHead makes it: the fields of ResourceSpans and of ScopeSpans.
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

// frame puts an ExportTraceServiceRequest around spans.
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
	s.out = append(s.out[:0], s.request...)
	s.out = append(strconv.AppendInt(append(s.out, "Content-Length: "...), int64(len(body)), 10), "\r\n\r\n"...)
	s.out = append(s.out, body...)
	conn, err := s.conn.Get()
	if err != nil {
		return 0, err
	}
	if _, err := conn.Write(s.out); err != nil {
		s.conn.Close()
		return 0, err
	}
	a, err := logging.ReadAnswer(bufio.NewReader(conn))
	if err != nil || !a.Keep {
		s.conn.Close()
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", s.conn.Address, err)
	}
	if err := s.judge(a); err != nil {
		return 0, err
	}
	return len(batch), nil
}

// judge says what an answer means: which may be tried again is OTLP's list.
func (s *sink) judge(a *logging.Answer) error {
	switch a.Status {
	case 200, 202:
		n, why := rejected([]byte(a.Body))
		if n > 0 || why != "" {
			if missed, ok := s.rejected.Now(); ok {
				s.log.Warn(nil, "gateway: %s: %s has not taken %d spans (%d more such answers since the last such line): %s", s.name, s.conn.Address, n, missed, why)
			}
		}
		return nil
	case 429, 502, 503, 504:
		err := fmt.Errorf("%s: status %d", s.conn.Address, a.Status)
		if n, bad := strconv.Atoi(a.Header.Get("Retry-After")); bad == nil && n > 0 {
			return &busy{err, time.Duration(n) * time.Second}
		}
		return err
	}
	return fmt.Errorf("%w: %s: status %d", logging.ErrNone, s.conn.Address, a.Status)
}

// busy is the error of a collector that says when to come again.
type busy struct {
	error
	after time.Duration
}

// After implements logging.Later.
func (b *busy) After() time.Duration { return b.after }

// rejected reads an ExportTraceServiceResponse: how many spans were not taken, and why.
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
func (s *sink) Close() { s.conn.Close() }
