package lua

import (
	"strconv"
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// place is one kind of *_by_lua: its name, and where its chunk goes.
type place[C any] struct {
	name  string
	in    directive.Context
	get   func(*C) **vm.Chunk
	forms form
	doc   string
	then  func(c *directive.Call, cf *C)
}

// form is how the code may be written.
type form uint8

const (
	asString form = 1 << iota // NAME "code"
	asBlock                   // NAME_block { code }
	asFile                    // NAME_file path
)

// codeRows are the directives whose code belongs to requests.
func codeRows() []directive.Directive {
	all := asString | asBlock | asFile
	var rows []directive.Directive
	for _, p := range []place[conf]{
		{"server_rewrite_by_lua", directive.HTTP | directive.Server, func(c *conf) **vm.Chunk { return &c.serverRewrite }, asBlock | asFile, "Runs Lua before the location is known.", nil},
		{"rewrite_by_lua", withIf, func(c *conf) **vm.Chunk { return &c.rewrite }, all, "Runs Lua in the rewrite phase.", nil},
		{"access_by_lua", withIf, func(c *conf) **vm.Chunk { return &c.access }, all, "Runs Lua in the access phase.", nil},
		{"precontent_by_lua", withIf, func(c *conf) **vm.Chunk { return &c.precontent }, asBlock | asFile, "Runs Lua in the precontent phase.", nil},
		{"content_by_lua", inPlace, func(c *conf) **vm.Chunk { return &c.content }, all, "Makes the response with Lua.", setHandler},
		{"header_filter_by_lua", withIf, func(c *conf) **vm.Chunk { return &c.headerFilter }, all, "Changes the response's header.", nil},
		{"body_filter_by_lua", withIf, func(c *conf) **vm.Chunk { return &c.bodyFilter }, all, "Changes the response's body.", nil},
		{"log_by_lua", withIf, func(c *conf) **vm.Chunk { return &c.log }, all, "Runs Lua when the request has ended.", nil},
		{"proxy_ssl_certificate_by_lua", directive.Location | directive.LocationIf, func(c *conf) **vm.Chunk { return &c.proxyCert }, asBlock | asFile, "Lets Lua choose the certificate that is shown to an upstream server.", nil},
		{"proxy_ssl_verify_by_lua", directive.Location | directive.LocationIf, func(c *conf) **vm.Chunk { return &c.proxyVerify }, asBlock | asFile, "Lets Lua judge the certificate of an upstream server.", nil},
		{"ssl_client_hello_by_lua", directive.HTTP | directive.Server, func(c *conf) **vm.Chunk { return &c.sslHello }, asBlock | asFile, "Runs Lua when a TLS client has said hello.", nil},
		{"ssl_certificate_by_lua", directive.HTTP | directive.Server, func(c *conf) **vm.Chunk { return &c.sslCert }, asBlock | asFile, "Lets Lua choose the certificate of a handshake.", nil},
	} {
		rows = append(rows, p.rows()...)
	}
	return append(rows, setRows()...)
}

// processRows are those whose code runs once in a process.
func processRows() []directive.Directive {
	all := asString | asBlock | asFile
	var rows []directive.Directive
	for _, p := range []place[mainConf]{
		{"init_by_lua", directive.HTTP, func(c *mainConf) **vm.Chunk { return &c.init }, all, "Runs Lua when the configuration has been read.", nil},
		{"init_worker_by_lua", directive.HTTP, func(c *mainConf) **vm.Chunk { return &c.initWorker }, all, "Runs Lua when a worker starts.", nil},
		{"exit_worker_by_lua", directive.HTTP, func(c *mainConf) **vm.Chunk { return &c.exitWorker }, asBlock | asFile, "Runs Lua when a worker ends.", nil},
	} {
		rows = append(rows, p.rows()...)
	}
	return rows
}

func (p place[C]) rows() []directive.Directive {
	var rows []directive.Directive
	if p.forms&asString != 0 {
		rows = append(rows, directive.Directive{Name: p.name, Syntax: "code", In: p.in, Args: directive.Take1, Set: directive.Func(p.read(asString)), Doc: p.doc})
	}
	if p.forms&asBlock != 0 {
		rows = append(rows, directive.Directive{Name: p.name + "_block", In: p.in, Args: directive.NoArgs, Body: directive.RawLua, Set: directive.Func(p.read(asBlock)), Doc: p.doc})
	}
	if p.forms&asFile != 0 {
		rows = append(rows, directive.Directive{Name: p.name + "_file", Syntax: "path", In: p.in, Args: directive.Take1, Set: directive.Func(p.read(asFile)), Doc: p.doc})
	}
	return rows
}

// read is the setter of one form.
func (p place[C]) read(f form) func(*directive.Call, *C) error {
	return func(c *directive.Call, cf *C) error {
		to := p.get(cf)
		if *to != nil {
			return directive.Duplicate
		}
		text := c.Node.Raw
		if f != asBlock {
			text = c.Args[0]
		}
		if text == "" {
			return noCode(c)
		}
		ch, err := newChunk(c, p.name, text, f == asFile)
		if err != nil {
			return err
		}
		*to = ch
		if p.then != nil {
			p.then(c, cf)
		}
		return nil
	}
}

// noCode is a fault that lua-nginx-module reports at level error, without a word of emerg.
func noCode(c *directive.Call) error {
	err := c.Place(directive.Errorf("invalid location config: no runnable Lua code"))
	err.Level = "error"
	return err
}

// newChunk makes the chunk of a directive.
func newChunk(c *directive.Call, name, text string, file bool) (*vm.Chunk, error) {
	b := httpd.BuilderOf(c)
	main := httpd.MainConf[mainConf](b, Module)
	ch := &vm.Chunk{ID: main.chunks, Prefix: b.Cycle.Prefix}
	main.chunks++
	if file {
		v, err := httpd.CompileArg(c, text)
		if err != nil {
			return nil, err
		}
		ch.File = v
		return ch, nil
	}
	ch.Source, ch.Name = text, chunkName(name, c.Node.Pos.File, b.Cycle.ConfPrefix, c.Node.Pos.Line)
	return ch, nil
}

// chunkNameMax is LuaJIT's LUA_IDSIZE without what stands around the name.
const chunkNameMax = 56

// chunkName is ngx_http_lua_gen_chunk_name: "=content_by_lua(nginx.conf:40)".
func chunkName(tag, file, prefix string, line int) string {
	n := strconv.Itoa(line)
	reserve := len(tag) + len(n)
	dots := ""
	short := func(s string) string {
		if len(s)+reserve > chunkNameMax {
			dots = "..."
			from := len(s) - (chunkNameMax - reserve - 3)
			return s[max(0, min(from, len(s))):]
		}
		return s
	}
	switch {
	case strings.HasSuffix(file, "/nginx.conf"):
		file = "nginx.conf"
	case strings.HasPrefix(file, prefix) && len(file) > len(prefix):
		file = short(file[len(prefix):])
	default:
		file = short(file)
	}
	return "=" + tag + "(" + dots + file + ":" + n + ")"
}

func setHandler(c *directive.Call, _ *conf) {
	httpd.LocationOf(c).Handler = run(vm.Content, func(c *conf) *vm.Chunk { return c.content })
}
