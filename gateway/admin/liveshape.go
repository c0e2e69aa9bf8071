package admin

// Live is what GET /live tells each second.
type Live struct {
	Summary
	Workers  []LiveWorker  `json:"workers"`
	Routes   []LiveRoute   `json:"routes"` // the busiest
	Services []LiveRoute   `json:"services"`
	Releases []LiveRelease `json:"releases"`
	Targets  []LiveTarget  `json:"targets"`
	// VirtualAddresses are those of all nodes.
	VirtualAddresses []VirtualAddress `json:"virtual_addresses"`
}

// Summary is the part of it that is about all together, and is remembered for a while.
// Rates are per second, and of the second that ends at Time.
type Summary struct {
	Time              float64      `json:"time"` // seconds since 1970
	Node              string       `json:"node"`
	RequestsPerSecond float64      `json:"requests_per_second"`
	InPerSecond       float64      `json:"bytes_in_per_second"`
	OutPerSecond      float64      `json:"bytes_out_per_second"`
	Latency           LiveLatency  `json:"latency_ms"`
	Errors            LiveErrors   `json:"errors"`
	Status            LiveStatuses `json:"status"`
	Connections       LiveConns    `json:"connections"`
	Revision          uint64       `json:"revision"`
}

// LiveLatency is percentiles of how long whole requests took; 0 where there were none.
type LiveLatency struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
}

// LiveErrors are errors by who has caused them.
type LiveErrors struct {
	Client   float64 `json:"client"`
	Gateway  float64 `json:"gateway"`
	Upstream float64 `json:"upstream"`
}

// LiveStatuses are answers by the hundreds of their status.
type LiveStatuses struct {
	Informational float64 `json:"1xx"`
	Success       float64 `json:"2xx"`
	Redirection   float64 `json:"3xx"`
	ClientError   float64 `json:"4xx"`
	ServerError   float64 `json:"5xx"`
}

// LiveConns are clients' connections.
type LiveConns struct {
	Active   uint64  `json:"active"`
	Reading  uint64  `json:"reading"`
	Writing  uint64  `json:"writing"`
	Waiting  uint64  `json:"waiting"`
	Accepted float64 `json:"accepted_per_second"`
}

// LiveWorker is one process that serves.
type LiveWorker struct {
	ID                int     `json:"id"`
	Pid               int     `json:"pid"`
	CPU               float64 `json:"cpu"`    // share of one processor
	Memory            int64   `json:"memory"` // bytes
	RequestsPerSecond float64 `json:"requests_per_second"`
	Connections       uint64  `json:"connections"`
	State             string  `json:"state"` // serving, or ending: it finishes what it has begun
}

// LiveRoute is a route, or a service with all its routes. Errors are those that the gateway
// or the service has caused.
type LiveRoute struct {
	ID                string  `json:"id"`
	Name              string  `json:"name"`
	RequestsPerSecond float64 `json:"requests_per_second"`
	P95               float64 `json:"p95_ms"`
	Errors            float64 `json:"errors_per_second"`
}

// LiveRelease is a release with both its variants.
type LiveRelease struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Variants []LiveVariant `json:"variants"`
}

// LiveVariant is one of them. Errors are answers of 500 and above, as a guard counts them;
// Share is that of the release's requests, from 0 to 1.
type LiveVariant struct {
	Name              string  `json:"name"`
	RequestsPerSecond float64 `json:"requests_per_second"`
	P50               float64 `json:"p50_ms"`
	P95               float64 `json:"p95_ms"`
	Errors            float64 `json:"errors_per_second"`
	Share             float64 `json:"share"`
}

// LiveTarget is a target of an upstream. Requests are tries, Errors those that failed.
type LiveTarget struct {
	ID                string  `json:"id"`
	Upstream          string  `json:"upstream"`
	Target            string  `json:"target"`
	Health            string  `json:"health"` // in Kong's words
	Weight            int     `json:"weight"`
	Draining          bool    `json:"draining"` // it gets no new requests
	Connections       uint64  `json:"connections"`
	RequestsPerSecond float64 `json:"requests_per_second"`
	P95               float64 `json:"p95_ms"`
	Errors            float64 `json:"errors_per_second"`
}
