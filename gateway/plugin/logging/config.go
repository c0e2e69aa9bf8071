package logging

import (
	"cmp"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
	"strings"
)

// QueueField is Kong's record queue.
func QueueField() schema.Field {
	return schema.Field{Name: "queue", Kind: schema.Record, Required: true, Doc: "How records wait.", Shape: schema.Shape{Fields: []schema.Field{
		{Name: "max_batch_size", Kind: schema.Integer, Default: 1, Between: schema.Between(1, 1000000), Doc: "How many records are sent together."},
		{Name: "max_coalescing_delay", Kind: schema.Number, Default: 1, Between: schema.Between(0, 3600), Doc: "Seconds that a record waits for others."},
		{Name: "max_entries", Kind: schema.Integer, Default: 10000, Between: schema.Between(1, 1000000), Doc: "How many may wait, those that are being sent among them."},
		{Name: "max_bytes", Kind: schema.Integer, Doc: "How many bytes may wait; 64 MB where it is not set."},
		{Name: "max_retry_time", Kind: schema.Number, Default: 60, Doc: "Seconds until a batch is given up."},
		{Name: "initial_retry_delay", Kind: schema.Number, Default: 0.01, Between: schema.Between(0.001, 1000000), Doc: "Seconds until it is tried again; then twice as long, and so on."},
		{Name: "max_retry_delay", Kind: schema.Number, Default: 60, Between: schema.Between(0.001, 1000000), Doc: "But no longer than that."},
		{Name: "concurrency_limit", Kind: schema.Integer, Default: 1, OneOf: []any{-1, 1}, Doc: "How many batches are sent at the same time; here always one."},
	}}}
}

// QueueConfig is that record.
type QueueConfig struct {
	Batch        int     `json:"max_batch_size"`
	Delay        float64 `json:"max_coalescing_delay"`
	Entries      int     `json:"max_entries"`
	Bytes        int     `json:"max_bytes"`
	RetryTime    float64 `json:"max_retry_time"`
	InitialRetry float64 `json:"initial_retry_delay"`
	MaxRetry     float64 `json:"max_retry_delay"`
}

// Standard is the queue of plugins that have no such record in Kong. Records wait for others for
// a moment: to wake a goroutine for each one costs a request more than all else about logs.
var Standard = QueueConfig{Batch: 256, Delay: 0.05, Entries: 10000, Bytes: 16 << 20, RetryTime: 10, InitialRetry: 0.05, MaxRetry: 1}

// Env is what a queue needs to know of its plugin.
type Env struct {
	*plugin.Env
	Name string // plugin and configuration, for the error log
	What string // is sent, for the error log; "" is log records
}

func (e *Env) things() string { return cmp.Or(e.What, "log records") }

// Plugin is the plugin's name.
func (e *Env) Plugin() string {
	name, _, _ := strings.Cut(e.Name, " ")
	return name
}

// hold keeps a worker that wants to end from ending until release; ending tells that it
// wants to. Queues of tests have no worker.
func (e *Env) hold() {
	if e.Worker != nil {
		e.Worker.Proc.Hold()
	}
}

func (e *Env) release() {
	if e.Worker != nil {
		e.Worker.Proc.Release()
	}
}

func (e *Env) ending() bool { return e.Worker != nil && e.Worker.Proc.Exiting() }
