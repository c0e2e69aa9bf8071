package static

import "moongate/engine/httpd"

// Module is nginx's ngx_http_static_module.
var Module = &httpd.Module{
	Name:     "static",
	Doc:      "Answers with files.",
	Handlers: []httpd.PhaseHandler{{Phase: httpd.Content, Run: handle}},
}
