package httpd

import "moongate/edge/wire/http1"

// What the access log writes of nearly every request, without the way through a
// variable: bytes go straight behind those that are there.

// AppendClientAddr appends $remote_addr.
func (r *Request) AppendClientAddr(b []byte) []byte { return r.Conn.appendClient(b) }

// LoggedStatus is the status as ngx_http_log_status finds it.
func (r *Request) LoggedStatus() int {
	switch {
	case r.ErrStatus != 0:
		return r.ErrStatus
	case r.Out.Status != 0:
		return r.Out.Status
	case r.Version == http1.HTTP09:
		return 9
	}
	return 0
}

const logging = "logging request"

// Ended tells whether the client has its answer and the request is only logged.
func (r *Request) Ended() bool { return r.Main.stage.get() == logging }

// Pipelined tells whether the request came behind another without waiting.
func (r *Request) Pipelined() bool { return r.pipelined }
