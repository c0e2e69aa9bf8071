package httpd

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/edge/sys/file"
)

// Symlinks is disable_symlinks.
type Symlinks struct {
	links file.Links
	from  *Value
}

// parseSymlinks is ngx_http_disable_symlinks.
func parseSymlinks(c *directive.Call) (Symlinks, error) {
	var s Symlinks
	said := false
	for _, a := range c.Args {
		switch {
		case a == "off":
			s.links, said = file.AllLinks, true
		case a == "if_not_owner":
			s.links, said = file.OwnedLinks, true
		case a == "on":
			s.links, said = file.NoLinks, true
		case strings.HasPrefix(a, "from="):
			v, err := CompileArg(c, a[5:])
			if err != nil {
				return s, err
			}
			s.from = v
		default:
			return s, directive.Errorf("invalid parameter \"%s\"", a)
		}
	}
	switch {
	case !said:
		return s, directive.Errorf("\"%s\" must have \"off\", \"on\" or \"if_not_owner\" parameter", c.Name)
	case len(c.Args) == 1:
	case s.from == nil:
		return s, directive.Errorf("duplicate parameters \"%s %s\"", c.Args[0], c.Args[1])
	case s.links == file.AllLinks:
		return s, directive.Errorf("\"from=\" cannot be used with \"off\" parameter")
	}
	return s, nil
}

// links is what disable_symlinks says of a path, and how much of the path is
// not looked at (ngx_http_set_disable_symlinks).
func (r *Request) links(path string) (file.Links, int) {
	s := &r.Loc.core.DisableSymlinks.V
	if s.links == file.AllLinks || s.from == nil {
		return s.links, 0
	}
	from := s.from.Eval(r)
	n := len(from)
	switch {
	case n == 0 || !strings.HasPrefix(path, from):
		return s.links, 0
	case n == len(path):
		return file.AllLinks, 0
	case path[n] == '/':
		return s.links, n
	case path[n-1] == '/':
		return s.links, n - 1
	}
	return s.links, 0
}
