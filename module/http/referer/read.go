package referer

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/regex"
)

// read is ngx_http_valid_referers.
func read(c *directive.Call, cf *conf) error {
	if cf.valid == nil {
		cf.valid = &referers{server: httpd.ServerOf(c)}
	}
	v := cf.valid
	for _, a := range c.Args {
		switch {
		case a == "":
			return directive.Errorf("invalid referer \"%s\"", a)
		case a == "none":
			v.none = true
		case a == "blocked":
			v.blocked = true
		case a == "server_names":
			v.serverNames = true
		case a == "~":
			return directive.Errorf("empty regex in \"%s\"", a)
		case a[0] == '~':
			re, err := regex.Compile(a[1:], true)
			if err != nil {
				return directive.Errorf("%s", err)
			}
			v.patterns = append(v.patterns, re)
		default:
			host, uri := a, ""
			if i := strings.IndexByte(a, '/'); i >= 0 {
				host, uri = a[:i], a[i:]
			}
			if err := v.names.Add(host, uri); err != nil {
				return directive.Errorf("%s", err)
			}
		}
	}
	return nil
}

// merge is ngx_http_referer_merge_conf.
func merge(_ *httpd.Builder, parent, child any) error {
	cf := child.(*conf)
	v := cf.valid
	if v == nil {
		if parent != nil {
			cf.valid = parent.(*conf).valid
		}
		return nil
	}
	var err error
	named := false
	if v.serverNames {
		named = true // a server without a name has the empty one
		v.server.EachName(func(name string, re *httpd.Regex) {
			named = false
			if re != nil {
				v.serverRegex = append(v.serverRegex, re)
			} else if e := v.names.Add(name, ""); e != nil && err == nil {
				err = directive.Errorf("%s", e)
			}
		})
	}
	if err == nil && (v.none || v.blocked) && v.names.Len() == 0 && !named {
		err = directive.Unplaced("the \"none\" or \"blocked\" referers are specified in the \"valid_referers\" directive without any valid referer")
	}
	return err
}
