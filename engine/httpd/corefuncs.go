package httpd

import (
	"os"
	"strings"
	"sync"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/resolver"
)

// defaultTypes is what types{} is when nobody wrote one.
var defaultTypes = map[string]string{"html": "text/html", "gif": "image/gif", "jpg": "image/jpeg"}

// readTypes is ngx_http_core_types.
func readTypes(c *directive.Call, conf *CoreConf) error {
	if !conf.Types.Written {
		conf.Types.Put(c, map[string]string{})
	}
	return c.Pairs(func(p *syntax.Node) error {
		for _, ext := range p.Args {
			ext = strings.ToLower(ext)
			if old, ok := conf.Types.V[ext]; ok {
				c.Warn("duplicate extension \"%s\", content type: \"%s\", previous content type: \"%s\"", ext, p.Name, old)
			}
			conf.Types.V[ext] = p.Name
		}
		return nil
	})
}

// readRoot is ngx_http_core_root: root and alias.
func readRoot(c *directive.Call, conf *CoreConf) error {
	alias := c.Name == "alias"
	if conf.Root.Written {
		if conf.Root.V.Alias == alias {
			return directive.Duplicate
		}
		other := "root"
		if conf.Root.V.Alias {
			other = "alias"
		}
		return directive.Errorf("\"%s\" directive is duplicate, \"%s\" directive was specified earlier", c.Name, other)
	}
	l := LocationOf(c)
	if alias && l.Kind == LocNamed {
		return directive.Errorf("the \"alias\" directive cannot be used inside the named location")
	}
	text := c.Args[0]
	if strings.Contains(text, "$document_root") || strings.Contains(text, "${document_root}") {
		return directive.Errorf("the $document_root variable cannot be used in the \"%s\" directive", c.Name)
	}
	if strings.Contains(text, "$realpath_root") || strings.Contains(text, "${realpath_root}") {
		return directive.Errorf("the $realpath_root variable cannot be used in the \"%s\" directive", c.Name)
	}
	b := BuilderOf(c)
	if !alias && strings.HasSuffix(text, "/") {
		text = text[:len(text)-1]
	}
	if text == "" || text[0] != '$' {
		text = b.Cycle.Path(text)
		if !alias && len(text) > 1 && strings.HasSuffix(text, "/") {
			text = text[:len(text)-1]
		}
	}
	v, err := CompileArg(c, text)
	if err != nil {
		return err
	}
	root := &Root{Value: v, Alias: alias, AliasLen: len(l.Name)}
	if l.Kind == LocRegex {
		root.AliasLen = -1
	}
	conf.Root.Put(c, root)
	return nil
}

func inheritRoot(p, c *CoreConf) {
	if !c.Root.Written {
		c.Root = p.Root
	}
}

// readErrorPage is ngx_http_core_error_page.
func readErrorPage(c *directive.Call, conf *CoreConf) error {
	args := c.Args
	uri := args[len(args)-1]
	codes := args[:len(args)-1]
	overwrite := -1
	if last := codes[len(codes)-1]; last[0] == '=' {
		codes = codes[:len(codes)-1]
		if len(last) == 1 {
			overwrite = 0
		} else {
			n, ok := directive.ParseInt(last[1:])
			if !ok {
				return directive.Errorf("invalid value \"%s\"", last)
			}
			overwrite = n
		}
	}
	v, err := CompileArg(c, uri)
	if err != nil {
		return err
	}
	pageArgs := ""
	if v.Literal() && uri != "" && uri[0] == '/' {
		if path, a := http1.SplitArgs(uri); a != "" {
			pageArgs = a
			v, _ = CompileArg(c, path)
		}
	}
	for _, code := range codes {
		n, ok := directive.ParseInt(code)
		if !ok || n == 499 {
			return directive.Errorf("invalid value \"%s\"", code)
		}
		if n < 300 || n > 599 {
			return directive.Errorf("value \"%s\" must be between 300 and 599", code)
		}
		ow := overwrite
		if ow == -1 && (n == 497 || n == 495 || n == 496 || n == 494) {
			ow = 400
		}
		conf.ErrorPages = append(conf.ErrorPages, errorPage{status: n, overwrite: ow, target: v, args: pageArgs})
	}
	return nil
}

// readErrorLog is ngx_http_core_error_log.
func readErrorLog(c *directive.Call, conf *CoreConf) error {
	if conf.Log == nil {
		conf.Log = new(errlog.Chain)
	}
	return BuilderOf(c).Cycle.SetErrorLog(c, conf.Log)
}

// readResolver is ngx_http_core_resolver.
func readResolver(c *directive.Call, conf *CoreConf) error {
	if conf.Resolver.Written {
		return directive.Duplicate
	}
	o, err := resolver.ParseOptions(c.Args)
	if err != nil {
		return directive.Errorf("%s", err)
	}
	conf.Resolver.Put(c, &Resolver{Options: o})
	return nil
}

func parseKeepAlive(c *directive.Call) (KeepAlive, error) {
	var k KeepAlive
	d, ok := directive.ParseMsec(c.Args[0])
	if !ok {
		return k, directive.Reason("invalid value")
	}
	k.Timeout = d
	if len(c.Args) > 1 {
		h, ok := directive.ParseSec(c.Args[1])
		if !ok {
			return k, directive.Reason("invalid value")
		}
		k.Header = int64(h.Seconds())
	}
	return k, nil
}

func parseFileCache(c *directive.Call) (*FileCacheConf, error) {
	f, off := &FileCacheConf{Inactive: 60e9}, false
	for _, a := range c.Args {
		switch {
		case strings.HasPrefix(a, "max="):
			n, ok := directive.ParseInt(a[4:])
			if !ok || n <= 0 {
				return nil, directive.Errorf("invalid \"open_file_cache\" parameter \"%s\"", a)
			}
			f.Max = n
		case strings.HasPrefix(a, "inactive="):
			d, ok := directive.ParseSec(a[9:])
			if !ok {
				return nil, directive.Errorf("invalid \"open_file_cache\" parameter \"%s\"", a)
			}
			f.Inactive = d
		case a == "off":
			off = true
		default:
			return nil, directive.Errorf("invalid \"open_file_cache\" parameter \"%s\"", a)
		}
	}
	if off {
		return nil, nil
	}
	if f.Max == 0 {
		return nil, directive.Errorf("\"open_file_cache\" must have the \"max\" parameter")
	}
	return f, nil
}

// tempDigits is how many digits the name of a temporary file has: its levels of
// folders take no more.
const tempDigits = 10

// TempPathSetter is ngx_conf_set_path_slot.
func TempPathSetter[C any](get func(*C) *directive.Value[TempPath]) directive.Setter {
	return directive.Parsed(get, func(c *directive.Call) (TempPath, error) {
		t := TempPath{Path: strings.TrimSuffix(c.Args[0], "/")}
		digits := 0
		for i, a := range c.Args[1:] {
			n, ok := directive.ParseInt(a)
			if !ok || n == 0 || n > tempDigits {
				return t, directive.Reason("invalid value")
			}
			t.Levels[i] = n
			digits += n
		}
		if digits > tempDigits {
			return t, directive.Reason("invalid value")
		}
		return t, nil
	}).Text(func(t TempPath) string { return t.Path })
}

// MergeTempPath finishes a TempPath at http level (relative default paths) and
// has the folder made; every module with one calls it from Merge.
func (b *Builder) MergeTempPath(v *directive.Value[TempPath]) {
	if !v.V.full {
		v.V.Path, v.V.full = b.Cycle.Path(v.V.Path), true
	}
	b.Cycle.AddPath(v.V.Path)
}

// mergeCore brings down what the rows can't.
func mergeCore(b *Builder, parent, child any) error {
	c := child.(*CoreConf)
	b.MergeTempPath(&c.BodyTempPath)
	if parent == nil {
		if !c.Types.Written {
			c.Types.V = defaultTypes
		}
		if c.Root.V == nil {
			v, err := b.NewValue(b.Cycle.Path("html"))
			if err != nil {
				return err
			}
			c.Root.V = &Root{Value: v}
		}
		return nil
	}
	if c.LargeHeaderBuffers.V.Size < c.PoolSize.V {
		return directive.Errorf("the \"large_client_header_buffers\" size must be equal to or greater than \"connection_pool_size\"")
	}
	p := parent.(*CoreConf)
	if c.ErrorPages == nil {
		c.ErrorPages = p.ErrorPages
	}
	if c.Log == nil {
		c.Log = p.Log
	}
	return nil
}

func (b *Builder) hostname() string { return hostname() }

var hostname = sync.OnceValue(func() string {
	h, _ := os.Hostname()
	return strings.ToLower(h)
})
