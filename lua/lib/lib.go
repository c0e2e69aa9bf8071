package lib

import (
	"embed"
	"io/fs"
	"strings"

	"moongate/edge/native/luajit"
)

//go:embed moongate ngx resty tablepool.lua
var sources embed.FS

// Source is the text of a file: "moongate/re.lua".
func Source(name string) string {
	b, err := sources.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(b)
}

// Names lists the modules, as require knows them.
func Names() (names []string) {
	_ = fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".lua") {
			names = append(names, strings.ReplaceAll(strings.TrimSuffix(path, ".lua"), "/", "."))
		}
		return err
	})
	for _, part := range coreParts {
		names = append(names, "resty.core."+part)
	}
	return names
}

// Open makes every module known to require, ahead of any path. Nothing is compiled before it is asked for.
func Open(st *luajit.State) error {
	err := fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".lua") {
			return err
		}
		name := strings.ReplaceAll(strings.TrimSuffix(path, ".lua"), "/", ".")
		return st.Preload(name, Source(path), "="+path)
	})
	if err != nil {
		return err
	}
	for _, name := range coreParts {
		if err := st.Preload("resty.core."+name, coreSource, "=resty/core/"+name+".lua"); err != nil {
			return err
		}
	}
	return nil
}

// coreParts are the modules of resty.core that have nothing to give: what they install in OpenResty is there from the start.
var coreParts = []string{
	"base64", "coroutine", "exit", "hash", "misc", "ndk", "param", "phase", "request", "shdict", "socket", "time", "uri",
	"utils", "var", "worker",
}

const coreSource = `return {version = require("resty.core.base").version}`
