package opentelemetry

import (
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
	"moongate/gateway/schema"
)

var (
	readable = schema.Words("ot", "w3c", "datadog", "b3", "gcp", "jaeger", "aws")
	writable = schema.Words("preserve", "ot", "w3c", "datadog", "b3", "b3-single", "gcp", "jaeger", "aws")
)

func fields() []schema.Field {
	queue := logging.QueueField()
	queue.Field("max_batch_size").Default = 200
	text := &schema.Field{Kind: schema.String, Check: checkText}
	return []schema.Field{
		{Name: "traces_endpoint", Kind: schema.String, Check: checkURL, Secret: true, Doc: "Where spans go: the URL of a collector's OTLP. Without one nothing is recorded, and traces are only passed on."},
		{Name: "endpoint", Kind: schema.String, Check: checkURL, Secret: true, Doc: "Kong's older name of traces_endpoint."},
		{Name: "logs_endpoint", Kind: schema.String, Null: true, Doc: "Kong's: where lines of the error log would go. They are not sent."},
		{Name: "access_logs_endpoint", Kind: schema.String, Check: checkURL, Secret: true, Doc: "Where a log record of each request goes."},
		{Name: "access_logs", Kind: schema.Record, Doc: "Kong's newer place for that.", Shape: schema.Shape{Fields: []schema.Field{
			{Name: "endpoint", Kind: schema.String, Check: checkURL, Secret: true, Doc: "What access_logs_endpoint is."},
		}}},
		{Name: "protocol", Kind: schema.String, Required: true, Default: "http/protobuf", OneOf: schema.Words("http/protobuf", "grpc"), Ours: true, Doc: "How collectors are spoken to; endpoints for grpc have no path."},
		{Name: "headers", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String, Check: checkHeader}, Elem: &schema.Field{Kind: schema.String, Check: checkText, Secret: true}, Doc: "More headers for the collector."},
		{Name: "resource_attributes", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String}, Elem: text, Doc: "What the gateway is called, besides service.name and its like."},
		{Name: "queue", Kind: schema.Record, Required: true, Doc: "How requests that are recorded wait; each counts as one.", Shape: queue.Shape},
		{Name: "batch_span_count", Kind: schema.Integer, Doc: "Kong's older name of queue.max_batch_size."},
		{Name: "batch_flush_delay", Kind: schema.Integer, Doc: "Kong's older name of queue.max_coalescing_delay."},
		{Name: "connect_timeout", Kind: schema.Integer, Default: 1000, Between: schema.Between(0, 1<<31-2), Doc: "Milliseconds that it may take to connect."},
		{Name: "send_timeout", Kind: schema.Integer, Default: 5000, Between: schema.Between(0, 1<<31-2), Doc: "Milliseconds that it may take to send a batch."},
		{Name: "read_timeout", Kind: schema.Integer, Default: 5000, Between: schema.Between(0, 1<<31-2), Doc: "Milliseconds that the answer may take; it has what sending has left, too."},
		{Name: "ssl_verify", Kind: schema.Boolean, Required: true, Default: true, Ours: true, Doc: "Whether the collector's certificate is checked; Kong never does."},
		{Name: "compression", Kind: schema.String, Required: true, Default: "none", OneOf: schema.Words("none", "gzip"), Ours: true, Doc: "How batches are sent."},
		{Name: "http_response_header_for_traceid", Kind: schema.String, Check: checkName, Doc: "A header of answers that tells the trace's id."},
		{Name: "header_type", Kind: schema.String, Default: "preserve", OneOf: append(schema.Words("ignore"), writable...), Doc: "Kong's older way to say how traces are passed on; propagation counts where it has extract, clear or inject."},
		{Name: "sampling_rate", Kind: schema.Number, Between: schema.Between(0, 1), Doc: "The share of traces that are recorded; Kong's 0.01 where it is not set."},
		{Name: "sampling_strategy", Kind: schema.String, Default: "parent_drop_probability_fallback", OneOf: schema.Words("parent_drop_probability_fallback", "parent_probability_fallback"),
			Doc: "Which word of the client counts: that its trace is not recorded, or that it is, too."},
		{Name: "propagation", Kind: schema.Record, Default: map[string]any{"default_format": "w3c"}, Doc: "How traces are passed on.", Shape: schema.Shape{Fields: []schema.Field{
			{Name: "extract", Kind: schema.Array, Elem: &schema.Field{Kind: schema.String, OneOf: readable}, Doc: "Formats in which clients are heard, the first that fits; none: nobody is."},
			{Name: "clear", Kind: schema.Array, Elem: &schema.Field{Kind: schema.String}, Doc: "Headers that the service does not get."},
			{Name: "inject", Kind: schema.Array, Elem: &schema.Field{Kind: schema.String, OneOf: writable}, Doc: "Formats in which the service is told; none: it isn't."},
			{Name: "default_format", Kind: schema.String, Required: true, OneOf: writable[1:], Doc: "The format where preserve finds none."},
		}}},
	}
}

func checkURL(v any) string {
	_, wrong := plugin.ReadServer(v)
	return wrong
}

// checkProtocol finds what HTTP could carry and gRPC can't.
func checkProtocol(doc map[string]any) (faults schema.Faults) {
	if doc["protocol"] != "grpc" {
		return nil
	}
	for _, name := range []string{"traces_endpoint", "endpoint", "access_logs_endpoint"} {
		faults = append(faults, checkAddress(doc[name]).Below(name)...)
	}
	lines, _ := doc["access_logs"].(map[string]any)
	faults = append(faults, checkAddress(lines["endpoint"]).Below("access_logs", "endpoint")...)
	headers, _ := doc["headers"].(map[string]any)
	for name := range headers {
		if isOfGRPC(name) {
			faults = append(faults, schema.Faults{{Message: "'" + name + "' is gRPC's own"}}.Below("headers")...)
		}
	}
	return faults
}

func checkAddress(v any) schema.Faults {
	if u, wrong := plugin.ReadServer(v); wrong == "" && (u.Path != "" && u.Path != "/" || u.RawQuery != "") {
		return schema.Faults{{Message: "must have no path with protocol grpc"}}
	}
	return nil
}

func isOfGRPC(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "te", "connection", "transfer-encoding", "keep-alive", "upgrade", "proxy-connection", "user-agent":
		return true
	}
	return strings.HasPrefix(name, "grpc-")
}

func checkName(v any) string {
	if s, _ := v.(string); !plugin.IsHeaderName(s) {
		return "'" + s + "' is not a valid header"
	}
	return ""
}

func checkHeader(v any) string {
	s, _ := v.(string)
	for _, own := range []string{"Host", "Content-Length", "Content-Type", "Content-Encoding"} {
		if strings.EqualFold(s, own) {
			return "cannot contain '" + own + "' header"
		}
	}
	return checkName(v)
}

func checkText(v any) string {
	if s, _ := v.(string); strings.ContainsAny(s, "\r\n\x00") {
		return "must be one line"
	}
	return ""
}
