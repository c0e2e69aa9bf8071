package logging

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
	"moongate/gateway/schema"
)

// Fields are the fields that a configuration adds to records, or changes.
type Fields struct{ list []field }

type field struct {
	name  string
	value *transform.Template
}

// UnmarshalJSON reads the field custom_fields.
func (f *Fields) UnmarshalJSON(b []byte) error {
	var m map[string]string
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	for name, value := range m {
		t, err := transform.NewTemplate(value)
		if err != nil {
			return fmt.Errorf("custom_fields: %s: %w", name, err)
		}
		f.list = append(f.list, field{name, t})
	}
	slices.SortFunc(f.list, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return nil
}

func checkTemplate(v any) string {
	s, _ := v.(string)
	if _, err := transform.NewTemplate(s); err != nil {
		return "value '" + s + "' is not in supported format, error:" + err.Error()
	}
	return ""
}

// Custom are the fields of a configuration about what records hold.
func Custom() []schema.Field {
	return []schema.Field{
		{Name: "custom_fields", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String}, Elem: &schema.Field{Kind: schema.String, Empty: true, Check: checkTemplate}, Ours: true,
			Doc: "More fields, by name, with dots where they lie in others; values are templates as in request-transformer."},
		{Name: "custom_fields_by_lua", Kind: schema.Map, Null: true, Keys: &schema.Field{Kind: schema.String}, Elem: &schema.Field{Kind: schema.String}, Doc: "Kong's; use custom_fields."},
	}
}

// QueueField is Kong's record queue.
func QueueField() schema.Field {
	return schema.Field{Name: "queue", Kind: schema.Record, Required: true, Doc: "How records wait.", Shape: schema.Shape{Fields: []schema.Field{
		{Name: "max_batch_size", Kind: schema.Integer, Default: 1, Between: schema.Between(1, 1000000), Doc: "How many records are sent together."},
		{Name: "max_coalescing_delay", Kind: schema.Number, Default: 1, Between: schema.Between(0, 3600), Doc: "Seconds that a record waits for others."},
		{Name: "max_entries", Kind: schema.Integer, Default: 10000, Between: schema.Between(1, 1000000), Doc: "How many may wait."},
		{Name: "max_bytes", Kind: schema.Integer, Doc: "How many bytes may wait."},
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

// Standard is the queue of plugins that have no such record in Kong.
var Standard = QueueConfig{Batch: 256, Entries: 10000, Bytes: 16 << 20, RetryTime: 10, InitialRetry: 0.05, MaxRetry: 1}

// Env is what a queue needs to know of its plugin.
type Env struct {
	*plugin.Env
	Name string // plugin and configuration, for the error log
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
