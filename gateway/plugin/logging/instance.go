package logging

import "moongate/gateway/plugin"

// Instance is a logging plugin's configuration at work: each record goes into its queue.
type Instance struct {
	fields Fields
	queue  *Queue
	format func(x *plugin.Context, record []byte) []byte
}

// New makes an instance. format may make something else of a record, or nil of those
// that are not wanted; without it records are sent as they are.
func New(env Env, conf QueueConfig, fields Fields, sink Sink, format func(x *plugin.Context, record []byte) []byte) *Instance {
	return &Instance{fields, NewQueue(env, conf, sink), format}
}

// Log implements plugin.Log.
func (i *Instance) Log(x *plugin.Context) {
	record := i.fields.Record(x)
	if i.format != nil {
		record = i.format(x, record)
	}
	if record != nil {
		i.queue.Put(record)
	}
}

// Close implements plugin.Closer.
func (i *Instance) Close() { i.queue.Close() }
