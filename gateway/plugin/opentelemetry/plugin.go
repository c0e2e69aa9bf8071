package opentelemetry

import (
	"cmp"

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
	Config: schema.Shape{Fields: fields(), Checks: []schema.Check{
		{Kind: schema.MutuallyExclusive, Fields: []string{"traces_endpoint", "endpoint"}},
		{Kind: schema.Custom, Func: checkProtocol},
	}},
	New: newInstance,
}

type config struct {
	Traces string `json:"traces_endpoint"`
	Older  string `json:"endpoint"`
	Lines  string `json:"access_logs_endpoint"`
	Access struct {
		Endpoint string `json:"endpoint"`
	} `json:"access_logs"`
	Protocol       string              `json:"protocol"`
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
	queue       *logging.Queue // of spans; nil: none are made
	lines       *logging.Queue // of access logs; nil: none are written
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
	conf.Queue.Batch = cmp.Or(conf.Spans, conf.Queue.Batch)
	conf.Queue.Delay = cmp.Or(conf.Delay, conf.Queue.Delay)
	var err error
	if i.queue, err = conf.newQueue(e, c.ID, cmp.Or(conf.Traces, conf.Older), ofTraces); err != nil {
		return nil, err
	}
	i.lines, err = conf.newQueue(e, c.ID, cmp.Or(conf.Access.Endpoint, conf.Lines), ofLogs)
	return i, err
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

// Close implements plugin.Closer.
func (i *instance) Close() {
	for _, q := range []*logging.Queue{i.queue, i.lines} {
		if q != nil {
			q.Close()
		}
	}
}
