package opentelemetry

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"moongate/core/version"
	"moongate/edge/wire/http2"
	"moongate/gateway/plugin/logging"
)

// grpc sends batches by OTLP over gRPC, each as one call.
type grpc struct {
	channel channel
	gzip    bool
	message []byte
}

func (conf *config) byGRPC(u *url.URL, service string) *grpc {
	g := &grpc{gzip: conf.Compression == "gzip", channel: channel{to: conf.conn(u)}}
	if t := g.channel.to.TLS; t != nil {
		t.NextProtos = []string{"h2"}
	}
	list := [][2]string{{":method", "POST"}, {":scheme", u.Scheme}, {":path", "/opentelemetry.proto.collector." + service + "/Export"}, {":authority", u.Host},
		{"te", "trailers"}, {"content-type", "application/grpc"}, {"user-agent", "moongate/" + version.Moongate},
		{"grpc-timeout", fmt.Sprintf("%dm", max(1, min(g.channel.to.Timeout.Milliseconds(), 99999999)))}}
	if g.gzip {
		list = append(list, [2]string{"grpc-encoding", "gzip"})
	}
	for _, h := range append(list, conf.header(u)...) {
		g.channel.list = http2.AppendField(g.channel.list, h[0], h[1])
	}
	return g
}

// send implements way.
func (g *grpc) send(body []byte) ([]byte, error) {
	packed := byte(0)
	if g.gzip {
		packed = 1
	}
	g.message = append(binary.BigEndian.AppendUint32(append(g.message[:0], packed), uint32(len(body))), body...)
	k, err := g.channel.do(g.message)
	if err != nil {
		return nil, err
	}
	return k.judge()
}

// Codes of gRPC that a batch may be sent again after (OTLP 1.x, Failures), but for
// RESOURCE_EXHAUSTED: that one only where the collector says when.
const (
	cancelled        = 1
	unknown          = 2
	deadlineExceeded = 4
	exhausted        = 8
	aborted          = 10
	outOfRange       = 11
	unavailable      = 14
	dataLoss         = 15
)

// judge says what an answer means.
func (k *call) judge() ([]byte, error) {
	status := k.status
	if status < 0 {
		status = ofHTTP(k.http)
	}
	if status == 0 {
		return k.text(), nil
	}
	text := k.message
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	err := fmt.Errorf("status %d of gRPC: %s", status, clean(text))
	if k.status < 0 {
		err = fmt.Errorf("status %d", k.http)
	}
	after, told := retryInfo(k.details)
	switch status {
	case exhausted:
		if !told {
			break
		}
		fallthrough
	case cancelled, deadlineExceeded, aborted, outOfRange, unavailable, dataLoss:
		if told && after > 0 {
			return nil, &busy{err, after}
		}
		return nil, err
	}
	return nil, fmt.Errorf("%w: %w", err, logging.ErrNone)
}

// text is the message of an answer, which servers pack as the request was. It is of use for
// the error log only: what can't be read does not make the call a failure.
func (k *call) text() []byte {
	if len(k.body) < 5 || uint64(len(k.body)) < 5+uint64(binary.BigEndian.Uint32(k.body[1:])) {
		return nil
	}
	b := k.body[5 : 5+binary.BigEndian.Uint32(k.body[1:])]
	if k.body[0] == 0 {
		return b
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	b, err = io.ReadAll(io.LimitReader(z, mostAnswer))
	if err != nil {
		return nil
	}
	return b
}

// ofHTTP is what a status of HTTP means where gRPC's is missing: something between us and
// the collector has answered (gRPC's http-grpc-status-mapping).
func ofHTTP(status int) int {
	switch status {
	case 429, 502, 503, 504:
		return unavailable
	}
	return unknown
}

// retryInfo reads google.rpc.Status for a google.rpc.RetryInfo: when to come again.
func retryInfo(details string) (after time.Duration, told bool) {
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(details, "="))
	if err != nil {
		return 0, false
	}
	each(b, func(field int, _ uint64, any []byte) {
		if field != 3 {
			return
		}
		var kind string
		var value []byte
		each(any, func(field int, _ uint64, b []byte) {
			switch field {
			case 1:
				kind = string(b)
			case 2:
				value = b
			}
		})
		if !strings.HasSuffix(kind, "/google.rpc.RetryInfo") {
			return
		}
		told = true
		each(value, func(field int, _ uint64, duration []byte) {
			if field != 1 {
				return
			}
			each(duration, func(field int, n uint64, _ []byte) {
				switch field {
				case 1:
					after += time.Duration(min(n, 1<<20)) * time.Second
				case 2:
					after += time.Duration(min(n, 1e9))
				}
			})
		})
	})
	return after, told
}

func (g *grpc) where() string { return g.channel.to.Address }

// Close implements way.
func (g *grpc) Close() { g.channel.Close() }
