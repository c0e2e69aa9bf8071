package opentelemetry

import (
	"cmp"
	"encoding/base64"
	"net"
	"net/url"
	"slices"
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
	"moongate/gateway/schema"
)

const name = "opentelemetry"

// Plugin is opentelemetry.
var Plugin = plugin.Plugin{
	Name:     name,
	Doc:      "Makes requests parts of traces, and sends their spans to a collector.",
	Priority: 1000000, // Kong's is 14, and its core begins the trace
	Observes: true,
	Without:  plugin.OfConsumer, // it begins before anybody knows who asks
	Tells:    plugin.ByConfig,
	Config:   schema.Shape{Fields: fields(), Checks: []schema.Check{{Kind: schema.MutuallyExclusive, Fields: []string{"traces_endpoint", "endpoint"}}}},
	New:      newInstance,
}

type config struct {
	Traces         string              `json:"traces_endpoint"`
	Older          string              `json:"endpoint"`
	Headers        map[string]string   `json:"headers"`
	Resource       map[string]string   `json:"resource_attributes"`
	Queue          logging.QueueConfig `json:"queue"`
	Spans          int                 `json:"batch_span_count"`
	Delay          float64             `json:"batch_flush_delay"`
	ConnectTimeout float64             `json:"connect_timeout"`
	SendTimeout    float64             `json:"send_timeout"`
	ReadTimeout    float64             `json:"read_timeout"`
	Verify         bool                `json:"ssl_verify"`
	Compression    string              `json:"compression"`
	Header         string              `json:"http_response_header_for_traceid"`
	Type           string              `json:"header_type"`
	Rate           *float64            `json:"sampling_rate"`
	Strategy       string              `json:"sampling_strategy"`
	Propagation    propagation         `json:"propagation"`
}

type propagation struct {
	Extract  []string `json:"extract"`
	Clear    []string `json:"clear"`
	Inject   []string `json:"inject"`
	Standard string   `json:"default_format"`
}

// instance is what a configuration means.
type instance struct {
	extract     []*format
	inject      []*format // nil among them is that of the client
	standard    *format
	clear       []string
	header      string
	rate        float64
	share       uint64 // of 2^63, what is recorded of traces that nobody has decided about
	parentBased bool
	queue       *logging.Queue // nil: nothing is recorded
}

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	var conf config
	if err := c.Decode(&conf); err != nil {
		return nil, err
	}
	i := &instance{header: conf.Header, rate: 0.01, parentBased: conf.Strategy == "parent_probability_fallback"}
	if conf.Rate != nil {
		i.rate = *conf.Rate
	}
	i.share = uint64(i.rate * (1 << 63))
	i.propagate(&conf)
	endpoint := cmp.Or(conf.Traces, conf.Older)
	if endpoint == "" || e.Worker == nil {
		return i, nil
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	conf.Queue.Batch = cmp.Or(conf.Spans, conf.Queue.Batch)
	conf.Queue.Delay = cmp.Or(conf.Delay, conf.Queue.Delay)
	i.queue = logging.NewQueue(logging.Env{Env: e, Name: name + " " + c.ID, What: "traces"}, conf.Queue, newSink(e, c.ID, u, &conf))
	return i, nil
}

// propagate reads how traces are passed on: Kong's older way stands for a new one.
func (i *instance) propagate(conf *config) {
	p := conf.Propagation
	i.standard = formatOf(cmp.Or(p.Standard, "w3c"))
	if p.Extract == nil && p.Clear == nil && p.Inject == nil {
		for _, f := range formats {
			if f.read != nil {
				p.Extract = append(p.Extract, f.name)
			}
		}
		switch conf.Type {
		case "preserve", "":
			p.Inject = []string{"preserve"}
		case "ignore":
			p.Extract, p.Inject = nil, []string{i.standard.name}
		default:
			p.Inject = []string{"preserve", conf.Type}
			i.standard = formatOf(conf.Type)
		}
	}
	i.clear = p.Clear
	for _, name := range p.Extract {
		if f := formatOf(name); f != nil && f.read != nil {
			i.extract = append(i.extract, f)
		}
	}
	for _, name := range p.Inject {
		if f := formatOf(name); f != nil || name == "preserve" {
			i.inject = append(i.inject, f)
		}
	}
}

// newSink makes the way to the collector.
func newSink(e *plugin.Env, id string, u *url.URL, conf *config) *sink {
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	s := &sink{log: e.Log, name: name + " " + id, head: newHead(resource(conf.Resource)), gzip: conf.Compression == "gzip", conn: logging.Conn{
		Network: "tcp", Address: net.JoinHostPort(u.Hostname(), port), Dialing: logging.Milliseconds(conf.ConnectTimeout),
		Timeout: logging.Milliseconds(conf.SendTimeout + conf.ReadTimeout), Keep: keepFor}}
	if u.Scheme == "https" {
		s.conn.TLS = logging.TLS(u.Hostname(), conf.Verify)
	}
	var lines []string
	if u.User != nil {
		password, _ := u.User.Password()
		lines = append(lines, "Authorization: Basic "+base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))+"\r\n")
	}
	for name, value := range conf.Headers {
		lines = append(lines, name+": "+value+"\r\n")
	}
	slices.Sort(lines)
	s.request = "POST " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host + "\r\nContent-Type: application/x-protobuf\r\n" + strings.Join(lines, "")
	if s.gzip {
		s.request += "Content-Encoding: gzip\r\n"
	}
	return s
}

// Close implements plugin.Closer.
func (i *instance) Close() {
	if i.queue != nil {
		i.queue.Close()
	}
}
