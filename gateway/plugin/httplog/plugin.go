// Package httplog is the plugin http-log: records of requests, sent to an HTTP server.
package httplog

import (
	"encoding/base64"
	"net"
	"net/url"
	"slices"
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
	"moongate/gateway/schema"
)

// Plugin is http-log.
var Plugin = plugin.Plugin{
	Name:     "http-log",
	Observes: true,
	Doc:      "Sends records of requests to an HTTP server.",
	Config: schema.Shape{Fields: logging.With(
		schema.Field{Name: "http_endpoint", Kind: schema.String, Required: true, Check: checkURL, Secret: true, Doc: "Where to."},
		schema.Field{Name: "method", Kind: schema.String, Default: "POST", OneOf: schema.Words("POST", "PUT", "PATCH"), Doc: "How."},
		schema.Field{Name: "content_type", Kind: schema.String, Default: "application/json", OneOf: schema.Words("application/json", "application/json; charset=utf-8", "application/x-ndjson", "text/plain"), Doc: "As what; the last two are ours, for lines."},
		schema.Field{Name: "timeout", Kind: schema.Number, Default: 10000, Doc: "Milliseconds that it may take."},
		schema.Field{Name: "keepalive", Kind: schema.Number, Default: 60000, Doc: "Milliseconds that a connection may be idle."},
		schema.Field{Name: "retry_count", Kind: schema.Integer, Doc: "Kong's; queue.max_retry_time counts."},
		schema.Field{Name: "queue_size", Kind: schema.Integer, Doc: "Kong's older name of queue.max_batch_size."},
		schema.Field{Name: "flush_timeout", Kind: schema.Number, Doc: "Kong's older name of queue.max_coalescing_delay."},
		schema.Field{Name: "headers", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String, Check: checkHeader}, Elem: &schema.Field{Kind: schema.String, Check: checkText}, Doc: "More headers."},
		schema.Field{Name: "ssl_verify", Kind: schema.Boolean, Required: true, Default: false, Ours: true, Doc: "Whether the server's certificate is checked; Kong never does."},
		logging.QueueField(),
	), Checks: []schema.Check{{Kind: schema.Custom, Func: once}}},
	New: newInstance,
}

func checkURL(v any) string {
	_, wrong := plugin.ReadServer(v)
	return wrong
}

func checkHeader(v any) string {
	s, _ := v.(string)
	for _, own := range []string{"Host", "Content-Length", "Content-Type"} {
		if strings.EqualFold(s, own) {
			return "cannot contain '" + own + "' header"
		}
	}
	if !plugin.IsHeaderName(s) {
		return "'" + s + "' is not a valid header"
	}
	return ""
}

func checkText(v any) string {
	if s, _ := v.(string); strings.ContainsAny(s, "\r\n\x00") {
		return "must be one line"
	}
	return ""
}

// once refuses two ways to say who we are.
func once(doc map[string]any) schema.Faults {
	s, _ := doc["http_endpoint"].(string)
	u, err := url.Parse(s)
	headers, _ := doc["headers"].(map[string]any)
	for name := range headers {
		if err == nil && u.User != nil && strings.EqualFold(name, "authorization") {
			return schema.Faults{{Message: "specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed", Entity: true}}
		}
	}
	return nil
}

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	var conf struct {
		logging.Content
		Endpoint    string              `json:"http_endpoint"`
		Method      string              `json:"method"`
		ContentType string              `json:"content_type"`
		Timeout     float64             `json:"timeout"`
		Keepalive   float64             `json:"keepalive"`
		QueueSize   int                 `json:"queue_size"`
		Flush       float64             `json:"flush_timeout"`
		Headers     map[string]string   `json:"headers"`
		Verify      bool                `json:"ssl_verify"`
		Queue       logging.QueueConfig `json:"queue"`
	}
	if err := c.Decode(&conf); err != nil {
		return nil, err
	}
	u, err := url.Parse(conf.Endpoint)
	if err != nil {
		return nil, err
	}
	if conf.QueueSize > 0 {
		conf.Queue.Batch = conf.QueueSize
	}
	if conf.Flush > 0 {
		conf.Queue.Delay = conf.Flush
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	s := &sink{single: conf.Queue.Batch == 1, lines: conf.Format != "", conn: logging.Conn{Network: "tcp", Address: net.JoinHostPort(u.Hostname(), port),
		Timeout: logging.Milliseconds(conf.Timeout), Keep: logging.Milliseconds(conf.Keepalive)}}
	if u.Scheme == "https" {
		s.conn.TLS = logging.TLS(u.Hostname(), conf.Verify)
	}
	head := conf.Method + " " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host + "\r\nContent-Type: " + conf.ContentType + "\r\n"
	if u.User != nil {
		password, _ := u.User.Password()
		head += "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password)) + "\r\n"
	}
	var lines []string
	for name, value := range conf.Headers {
		lines = append(lines, name+": "+value+"\r\n")
	}
	slices.Sort(lines)
	s.head = head + strings.Join(lines, "")
	return logging.New(logging.Env{Env: e, Name: "http-log " + c.ID}, conf.Queue, conf.Content, s, nil)
}
