package lua

import (
	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// warnCodeCache is the alert of ngx_http_lua_code_cache.
func warnCodeCache(c *directive.Call, cf *conf) error {
	if !cf.codeCache.V && c.Walker != nil {
		c.Walker.Log("alert", c.Pos(), "lua_code_cache is off; this will hurt performance")
	}
	return nil
}

// warnLoadCore is what lua-nginx-module says of a directive that has no use any more.
func warnLoadCore(c *directive.Call, cf *mainConf) error {
	if !cf.loadCore.V {
		c.Warn("lua_load_resty_core is deprecated (the lua-resty-core library is required since ngx_lua v0.10.16)")
	}
	return nil
}

// fullNames makes names of files full: they are relative to the folder of the
// configuration file.
func fullNames(c *directive.Call, cf *conf) error {
	cb := httpd.BuilderOf(c).Cycle
	for _, v := range []*directive.Value[string]{&cf.tls.trusted, &cf.tls.crl} {
		if v.V != "" {
			v.V = cb.ConfPath(v.V)
		}
	}
	return nil
}

// readCapture is ngx_http_lua_capture_error_log.
func readCapture(c *directive.Call, cf *mainConf) error {
	if cf.lines != nil {
		return directive.Duplicate
	}
	size, ok := directive.ParseSize(c.Args[0])
	switch {
	case c.Args[0] == "":
		return directive.Errorf("invalid capture error log size \"\"")
	case !ok || size < errlog.MaxLine:
		return directive.Errorf("invalid capture error log size \"%s\", minimum size is %d", c.Args[0], errlog.MaxLine)
	}
	cf.lines = errlog.NewRing(int(size))
	return nil
}

// smallestDict is below what ngx_http_lua_shared_dict accepts.
const smallestDict = 8191

// readSharedDict is ngx_http_lua_shared_dict.
func readSharedDict(c *directive.Call, cf *mainConf) error {
	name := c.Args[0]
	if name == "" {
		return directive.Errorf("invalid lua shared dict name \"%s\"", name)
	}
	size, ok := directive.ParseSize(c.Args[1])
	if !ok || size <= smallestDict {
		return directive.Errorf("invalid lua shared dict size \"%s\"", c.Args[1])
	}
	zs := httpd.BuilderOf(c).Zones()
	if z := zs.Find(name); z != nil && z.Kind == zone.KindDict {
		return directive.Errorf("lua_shared_dict \"%s\" is already defined as \"%s\"", name, name)
	}
	if _, err := zs.Declare(name, size, zone.KindDict); err != nil {
		return directive.Errorf("%s", err)
	}
	return nil
}
