package admin

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"moongate/gateway/meter"
)

// metrics is GET /metrics, in the format and coding that the client asks for. It is written
// while it is made: with thousands of routes it is large.
func (c *call) metrics() *reply {
	if c.Metrics == nil {
		return notFound()
	}
	leave, free := enter(c.scrapes)
	if !free {
		return busy()
	}
	defer leave()
	kind, head := meter.Format(c.r.Header.Get("Accept")), c.w.Header()
	head.Set("Content-Type", kind)
	head.Set("Vary", "Accept, Accept-Encoding")
	c.common()
	zip := takesGzip(c.r.Header.Get("Accept-Encoding"))
	if zip {
		head.Set("Content-Encoding", "gzip")
	}
	c.w.WriteHeader(http.StatusOK)
	if c.r.Method == http.MethodHead {
		return nil
	}
	var to io.Writer = c.w
	if zip {
		z, err := gzip.NewWriterLevel(c.w, gzip.BestSpeed)
		if err != nil {
			panic(err) // it is a level
		}
		defer z.Close()
		to = z
	}
	t := meter.NewText(to, kind)
	c.Metrics(t)
	t.End() // a client that has gone away needs no answer
	return nil
}

// takesGzip reads an Accept-Encoding header.
func takesGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, rest, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		_, q, given := strings.Cut(strings.ToLower(strings.ReplaceAll(rest, " ", "")), "q=")
		if !given {
			return true
		}
		f, err := strconv.ParseFloat(q, 64)
		return err == nil && f > 0
	}
	return false
}

// ServeOpen answers /metrics and /status, and nothing else, to all who ask on a listener:
// Kong's Status API.
func (h *Handler) ServeOpen(ctx context.Context, ln net.Listener) error {
	return h.listen(ctx, ln, h.Open())
}

// Open is what ServeOpen serves.
func (h *Handler) Open() http.Handler {
	mux := http.NewServeMux()
	for path, f := range map[string]method{"/metrics": (*call).metrics, "/status": (*call).status, "/status/ready": (*call).ready} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			c := &call{Handler: h, w: w, r: r, start: time.Now(), who: Identity{Name: "anonymous", Role: Viewer}}
			var err error
			if c.query, err = parseQuery(r.URL.RawQuery); err != nil {
				c.send(message(400, err.Error()))
				return
			}
			if a := f(c); a != nil {
				c.send(a)
			}
		})
	}
	return mux
}
