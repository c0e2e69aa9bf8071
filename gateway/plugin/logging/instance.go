package logging

import "moongate/gateway/plugin"

// Instance is a logging plugin's configuration at work: each record goes into its queue.
type Instance struct {
	content Content
	queue   *Queue
	frame   func(x *plugin.Context, record []byte) []byte
}

// New makes an instance. frame may put something around a record, or give nil for those
// that are not wanted; without it records are sent as they are.
func New(env Env, conf QueueConfig, content Content, sink Sink, frame func(x *plugin.Context, record []byte) []byte) (*Instance, error) {
	if err := content.prepare(); err != nil {
		return nil, err
	}
	return &Instance{content, NewQueue(env, conf, sink), frame}, nil
}

// Log implements plugin.Log.
func (i *Instance) Log(x *plugin.Context) {
	record := i.content.record(x)
	if i.frame != nil {
		record = i.frame(x, record)
	}
	if record != nil {
		i.queue.Put(record)
	}
}

// Close implements plugin.Closer.
func (i *Instance) Close() { i.queue.Close() }
