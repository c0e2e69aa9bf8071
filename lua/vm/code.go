package vm

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/errno"
	"moongate/engine/httpd"
)

// Chunk is the Lua code of one directive.
type Chunk struct {
	ID     int    // index of VM.refs
	Source string // of a block or a string
	Name   string // Lua's chunk name: "=content_by_lua(nginx.conf:40)"
	File   *httpd.Value
	Prefix string // names of files are relative to it
}

// load gives the function of a chunk; the VM is held. Without one, res is the answer.
func (x *Ctx) load(p Phase, ch *Chunk) (ref luajit.Ref, res httpd.Result) {
	v := x.V
	if ch.File == nil {
		if ch.ID < len(v.refs) && v.refs[ch.ID] != 0 {
			return v.refs[ch.ID], 0
		}
		ref, err := v.compile(ch.Source, ch.Name)
		if err != nil {
			x.unloaded(p, false, "failed to load inlined Lua code: "+err.Error(), err)
			return 0, 500
		}
		for len(v.refs) <= ch.ID {
			v.refs = append(v.refs, 0)
		}
		v.refs[ch.ID] = ref
		return ref, 0
	}
	var name string
	if x.R != nil {
		name = ch.File.Eval(x.R)
	} else {
		name = ch.File.Text()
	}
	ref, err := v.loadFile(fullPath(ch.Prefix, name))
	if err == nil {
		return ref, 0
	}
	var fe *fileError
	errors.As(err, &fe)
	x.unloaded(p, true, err.Error(), fe.cause())
	switch {
	case errors.Is(err, os.ErrNotExist):
		return 0, 404
	case errors.Is(err, os.ErrPermission):
		return 0, 503
	}
	return 0, 500
}

func fullPath(prefix, name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return prefix + name
}

func (v *VM) compile(source, name string) (luajit.Ref, error) {
	main := v.St.Main()
	if err := main.Load(source, name); err != nil {
		return 0, err
	}
	r := v.St.Ref(main, -1)
	main.Pop(1)
	return r, nil
}

// fileError is a Lua file that can't be run; it remembers a missing file, which answers
// 404 as in ngx_http_lua_cache_loadfile.
type fileError struct {
	text string
	err  error
	lua  string
}

func (e *fileError) Error() string { return e.text }
func (e *fileError) Unwrap() error { return e.err }

// cause is Lua's own words.
func (e *fileError) cause() error { return errors.New(e.lua) }

// unloaded logs code that can't be compiled. At the start of a process the directive is
// named, as ngx_http_lua_report does.
func (x *Ctx) unloaded(p Phase, file bool, text string, cause error) {
	switch p {
	case Init, InitWorker, ExitWorker:
		x.Logf(errlog.Error, "%s error: %s", p.directive(file), cause)
	default:
		x.Logf(errlog.Error, "%s", text)
	}
}

// loadFile gives the function of a file (ngx_http_lua_cache_loadfile).
func (v *VM) loadFile(path string) (luajit.Ref, error) {
	if r, ok := v.files[path]; ok {
		return r, nil
	}
	path = strings.Clone(path)
	source, err := os.ReadFile(path)
	if err != nil {
		what := "open"
		if fi, serr := os.Stat(path); serr == nil && fi.IsDir() {
			what = "read"
		}
		why := fmt.Sprintf("cannot %s %s: %s", what, path, errno.Text(errno.Number(err)))
		return 0, &fileError{fmt.Sprintf("failed to load external Lua file \"%s\": %s", path, why), err, why}
	}
	ref, err := v.compile(skipShebang(string(source)), "@"+path)
	if err != nil {
		return 0, &fileError{fmt.Sprintf("failed to load external Lua file \"%s\": %s", path, err), nil, err.Error()}
	}
	v.files[path] = ref
	return ref, nil
}

// skipShebang drops a first line that begins with '#', keeping the line numbers.
func skipShebang(s string) string {
	if !strings.HasPrefix(s, "#") {
		return s
	}
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return s[i:]
	}
	return ""
}
