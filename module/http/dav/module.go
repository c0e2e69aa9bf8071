package dav

import (
	"os"
	"strings"

	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_dav_module.
var Module = &httpd.Module{
	Name:    "dav",
	Doc:     "Lets clients change files.",
	NewConf: func() any { return new(conf) },
	Directives: []directive.Directive{
		{Name: "dav_methods", Syntax: "off | method ...", In: inAll, Args: directive.OneMore, Default: "off",
			Set: directive.Bits(func(c *conf) *directive.Value[httpd.Method] { return &c.methods }, methods), Doc: "The methods that are allowed."},
		{Name: "create_full_put_path", In: inAll, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.fullPath }), Doc: "PUT makes folders that are missing."},
		{Name: "min_delete_depth", Syntax: "number", In: inAll, Args: directive.Take1, Default: "0",
			Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.minDepth }), Doc: "How many parts a path must have to be deleted."},
		{Name: "dav_access", Syntax: "users:permissions ...", In: inAll, Args: directive.Take123, Default: "user:rw",
			Set: directive.Parsed(func(c *conf) *directive.Value[os.FileMode] { return &c.access }, parseAccess), Doc: "Permissions of what is made."},
	},
}

const inAll = directive.HTTP | directive.Server | directive.Location

const off httpd.Method = 1

var methods = map[string]httpd.Method{"off": off, "put": http1.PUT, "delete": http1.DELETE, "mkcol": http1.MKCOL, "copy": http1.COPY, "move": http1.MOVE}

func init() {
	// The handler refers to the module.
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.Content, Run: handle, When: func(c any) bool { return c.(*conf).methods.V&^off != 0 }}}
}

type conf struct {
	methods  directive.Value[httpd.Method]
	fullPath directive.Value[bool]
	minDepth directive.Value[int]
	access   directive.Value[os.FileMode]
}

// parseAccess is ngx_conf_set_access_slot.
func parseAccess(c *directive.Call) (os.FileMode, error) {
	var access, user os.FileMode = 0, 0o600
	for _, a := range c.Args {
		who, right, _ := strings.Cut(a, ":")
		shift := 0
		switch who {
		case "user":
			shift, user = 6, 0
		case "group":
			shift = 3
		case "all":
		default:
			return 0, directive.Errorf("invalid value \"%s\"", a)
		}
		switch right {
		case "rw":
			access |= 6 << shift
		case "r":
			access |= 4 << shift
		default:
			return 0, directive.Errorf("invalid value \"%s\"", a)
		}
	}
	return access | user, nil
}

// folderAccess lets those enter who may read (ngx_dir_access).
func folderAccess(m os.FileMode) os.FileMode { return m | (m&0o444)>>2 }
