// Package requestsizelimiting is the plugin request-size-limiting: it refuses requests
// whose body is too large.
package requestsizelimiting

import (
	"math"
	"strconv"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is request-size-limiting.
var Plugin = plugin.Plugin{
	Name: "request-size-limiting",
	Doc:  "Refuses requests whose body is larger than allowed.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "allowed_payload_size", Kind: schema.Integer, Default: 128, Doc: "The largest body."},
		{Name: "size_unit", Kind: schema.String, Required: true, Default: "megabytes", OneOf: schema.Words("megabytes", "kilobytes", "bytes"), Doc: "What it is counted in."},
		{Name: "require_content_length", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether a request must say how long it is."},
	}},
	New: func(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		var conf struct {
			Size    int64  `json:"allowed_payload_size"`
			Unit    string `json:"size_unit"`
			Require bool   `json:"require_content_length"`
		}
		err := c.Decode(&conf)
		if err != nil {
			return nil, err
		}
		unit := units[conf.Unit]
		return &instance{most: min(conf.Size, math.MaxInt64/unit) * unit, require: conf.Require}, nil
	},
}

var units = map[string]int64{"bytes": 1, "kilobytes": 1 << 10, "megabytes": 1 << 20}

type instance struct {
	most    int64
	require bool
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	r := x.R
	text, _ := r.In.Known(http1.ContentLength)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i.check(x, n)
	}
	if i.require && !r.In.Chunked {
		return x.Answer(411, "A valid Content-Length header is required")
	}
	if !r.HasBody() {
		return plugin.Next
	}
	if res := r.ReadBody(); res != httpd.OK {
		return res
	}
	return i.check(x, r.Body.Len)
}

func (i *instance) check(x *plugin.Context, n int64) plugin.Result {
	if n <= i.most {
		return plugin.Next
	}
	status := 413
	if v, ok := x.R.In.Get("Expect"); ok && strings.EqualFold(strings.TrimSpace(v), "100-continue") {
		status = 417
	}
	return x.Answer(status, "Request size limit exceeded")
}
