package mirror

import (
	"errors"
	"math/rand/v2"
	"sync/atomic"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/client"
	"moongate/gateway/plugin"
)

type instance struct {
	Host        string  `json:"host"`
	Path        string  `json:"path"`
	Concat      string  `json:"path_concat_mode"`
	Ratio       float64 `json:"sample_ratio"`
	Body        bool    `json:"request_body"`
	Concurrency int     `json:"concurrency"`
	Timeout     int     `json:"timeout"`
	Verify      bool    `json:"ssl_verify"`

	env      *plugin.Env
	id       string
	client   *client.Client
	underway atomic.Int64
	dropped  atomic.Int64
	full     plugin.Seldom
	failed   plugin.Seldom
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	r := x.R
	if i.Ratio < 1 && rand.Float64() >= i.Ratio {
		return plugin.Next
	}
	if _, upgrades := r.In.Known(http1.Upgrade); upgrades {
		return plugin.Next // what comes then is no request
	}
	if i.Body && r.HasBody() {
		if res := r.ReadBody(); res != httpd.OK {
			return res
		}
	}
	if i.underway.Add(1) > int64(i.Concurrency) {
		i.underway.Add(-1)
		i.drop()
		return plugin.Next
	}
	c := i.copyOf(x)
	i.env.Worker.Loop.Go(func() { i.send(c) })
	return plugin.Next
}

// drop counts a copy that is not sent.
func (i *instance) drop() {
	all := i.dropped.Add(1)
	if _, ok := i.full.Now(); ok {
		i.env.Log.Error(nil, "gateway: mirror %s: copies are dropped (%d so far): %d are on their way", i.id, all, i.Concurrency)
	}
}

func (i *instance) send(c *duplicate) {
	defer i.underway.Add(-1)
	defer c.free()
	if _, err := i.client.Do(&c.q); err != nil && !errors.Is(err, client.ErrBody) {
		if missed, ok := i.failed.Now(); ok {
			i.env.Log.Error(nil, "gateway: mirror %s: a copy can't be sent (%d more since the last such line): %v", i.id, missed, err)
		}
	}
}

// Close implements plugin.Closer.
func (i *instance) Close() { i.client.Close() }
