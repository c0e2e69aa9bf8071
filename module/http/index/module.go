package index

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_index_module.
var Module = &httpd.Module{
	Name:    "index",
	Doc:     "Answers URIs of folders with an index file.",
	NewConf: func() any { return new(conf) },
	Directives: []directive.Directive{{
		Name: "index", Syntax: "file ...", In: directive.HTTP | directive.Server | directive.Location, Args: directive.OneMore,
		Set: directive.Func(read).Inherited(inherit), Doc: "Names of index files; the last may be an absolute URI.",
	}},
}

func init() {
	// The handler refers to the module.
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.Content, Run: handle}}
	Module.Merge = merge
}

type conf struct {
	names []*httpd.Value
}

// read is ngx_http_index_set_index.
func read(c *directive.Call, cf *conf) error {
	for i, a := range c.Args {
		if strings.HasPrefix(a, "/") && i != len(c.Args)-1 {
			c.Warn("only the last index in \"index\" directive should be absolute")
		}
		if a == "" {
			return directive.Errorf("index \"%s\" in \"index\" directive is invalid", a)
		}
		v, err := httpd.CompileArg(c, a)
		if err != nil {
			return err
		}
		cf.names = append(cf.names, v)
	}
	return nil
}

func inherit(parent, child *conf) {
	if child.names == nil {
		child.names = parent.names
	}
}

func merge(b *httpd.Builder, parent, child any) error {
	cf := child.(*conf)
	if parent != nil || cf.names != nil {
		return nil
	}
	v, err := b.NewValue("index.html")
	cf.names = []*httpd.Value{v}
	return err
}
