package securelink

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_secure_link_module.
var Module = &httpd.Module{
	Name:    "secure_link",
	Doc:     "Checks links that carry a hash and a time.",
	NewConf: func() any { return new(conf) },
	Directives: []directive.Directive{
		{Name: "secure_link", Syntax: "expression", In: inAll, Args: directive.Take1,
			Set: httpd.ValueSetter(func(c *conf) *directive.Value[*httpd.Value] { return &c.link }), Doc: "The hash, and behind a comma the time, that a link has."},
		{Name: "secure_link_md5", Syntax: "expression", In: inAll, Args: directive.Take1,
			Set: httpd.ValueSetter(func(c *conf) *directive.Value[*httpd.Value] { return &c.md5 }), Doc: "The text whose MD5 hash the link must have."},
		{Name: "secure_link_secret", Syntax: "word", In: inAll, Args: directive.Take1,
			Set: directive.Func(setSecret), Doc: "The secret of links of the form /prefix/hash/link."},
	},
	Merge: merge,
}

const inAll = directive.HTTP | directive.Server | directive.Location

func init() {
	// The variables refer to the module.
	Module.Variables = []httpd.Variable{
		{Name: "secure_link", Doc: "1 when the link is right, 0 when it has expired; the link itself with secure_link_secret.", Get: varLink},
		{Name: "secure_link_expires", Doc: "The link's time.", Get: varExpires},
	}
}

type conf struct {
	link   directive.Value[*httpd.Value]
	md5    directive.Value[*httpd.Value]
	secret directive.Value[string]
}

func setSecret(c *directive.Call, cf *conf) error {
	if cf.secret.Written {
		return directive.Duplicate
	}
	cf.secret.Put(c, c.Args[0])
	return nil
}

// merge is ngx_http_secure_link_merge_conf.
func merge(_ *httpd.Builder, parent, child any) error {
	cf := child.(*conf)
	if cf.secret.Written {
		if at := &cf.link; at.Written || cf.md5.Written {
			return directive.Errorf("\"secure_link_secret\" cannot be mixed with \"secure_link\" and \"secure_link_md5\"")
		}
		cf.link.V, cf.md5.V = nil, nil
		return nil
	}
	if parent != nil && cf.link.V == nil && cf.md5.V == nil {
		cf.secret = parent.(*conf).secret
	}
	return nil
}
