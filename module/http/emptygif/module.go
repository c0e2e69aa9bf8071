package emptygif

import (
	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_empty_gif_module.
var Module = &httpd.Module{
	Name:    "empty_gif",
	Doc:     "Answers with a transparent image of one pixel.",
	NewConf: func() any { return new(conf) },
	Directives: []directive.Directive{{
		Name: "empty_gif", In: directive.Location, Args: directive.NoArgs, Set: directive.Func(set),
		Doc: "Makes the location answer with the image.",
	}},
}

type conf struct{}

func set(c *directive.Call, _ *conf) error {
	httpd.LocationOf(c).Handler = handle
	return nil
}

// pixel is GIF89a: 1x1, two colours, the first transparent.
const pixel = "GIF89a\x01\x00\x01\x00\x80\x01\x00\x00\x00\x00\xff\xff\xff" +
	"!\xf9\x04\x01\x00\x00\x01\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02L\x01\x00;"

// handle is ngx_http_empty_gif_handler.
func handle(r *httpd.Request) httpd.Result {
	if r.Method&(http1.GET|http1.HEAD) == 0 {
		return 405
	}
	if !r.DiscardBody() {
		r.KeepAlive = false
	}
	r.Out.LastModified = 23349600 // as nginx: Mon, 28 Sep 1970 06:00:00 GMT
	return r.SendText(200, "image/gif", pixel)
}
