package active

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"

	"moongate/gateway/health"
)

// unimplemented is the status of a server that does not know a method.
const unimplemented = "12"

// askGRPC asks by grpc.health.v1.Health/Check for the server as a whole. The question is an
// empty message; the answer has one field, 1: the status, of which 1 is SERVING.
func (q *probe) askGRPC(ctx context.Context) Answer {
	r, err := q.request(ctx, "POST", "/grpc.health.v1.Health/Check")
	if err != nil {
		return Answer{Detail: err.Error()}
	}
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("TE", "trailers")
	r.Body = io.NopCloser(bytes.NewReader(make([]byte, 5))) // not compressed, no bytes
	res, err := q.client.Do(r)
	if err != nil {
		return failed(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	if err != nil {
		return failed(err)
	}
	status := res.Trailer.Get("Grpc-Status")
	if status == "" {
		status = res.Header.Get("Grpc-Status") // an answer without a message
	}
	switch {
	case status == unimplemented:
		return Answer{health.Success, "gRPC without health checks"}
	case res.StatusCode != 200:
		return Answer{health.HTTPFailure, res.Status}
	case status != "0":
		return Answer{health.HTTPFailure, "gRPC status " + status}
	case serving(body):
		return Answer{health.Success, "SERVING"}
	}
	return Answer{health.HTTPFailure, "not SERVING"}
}

// serving reads a HealthCheckResponse.
func serving(b []byte) bool {
	if len(b) < 5 || b[0] != 0 || int(binary.BigEndian.Uint32(b[1:])) != len(b)-5 {
		return false
	}
	b = b[5:]
	return len(b) == 2 && b[0] == 1<<3 && b[1] == 1
}
