package upstream

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// idle is settings that are read for modules which are not built in yet: nginx makes
// these folders when it starts, and whoever moves them (to be able to run without
// root) does so for all of them at once.
type idle struct {
	paths [3]directive.Value[httpd.TempPath]
}

func tempPathRows() []directive.Directive {
	var rows []directive.Directive
	for i, name := range []string{"fastcgi", "uwsgi", "scgi"} {
		rows = append(rows, directive.Directive{
			Name: name + "_temp_path", Syntax: "path [level1 [level2 [level3]]]", Args: directive.Take1234,
			In:      directive.HTTP | directive.Server | directive.Location,
			Default: name + "_temp",
			Set:     httpd.TempPathSetter(func(c *idle) *directive.Value[httpd.TempPath] { return &c.paths[i] }),
			Doc:     "Where responses are kept that outgrow memory.",
		})
	}
	return rows
}

func mergeTempPaths(b *httpd.Builder, _, child any) error {
	c := child.(*idle)
	for i := range c.paths {
		b.MergeTempPath(&c.paths[i])
	}
	return nil
}
