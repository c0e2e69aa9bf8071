package luaplugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// text is a file of a plugin.
type text struct {
	Path string `json:"path"` // as errors name it
	Text string `json:"text"`
}

// source is a plugin's code: one file, or Kong's two.
type source struct {
	Name    string `json:"name"`
	Single  *text  `json:"single,omitempty"`
	Handler *text  `json:"handler,omitempty"`
	Schema  *text  `json:"schema,omitempty"`
}

// Files are the plugins that a configuration names.
type Files struct {
	dir, prefix string
	sources     []source
}

// Read reads the plugins of a folder. read is what keeps the bytes for other processes;
// names of files are said without prefix.
func Read(names []string, dir, prefix string, read func(name string) ([]byte, error)) (*Files, error) {
	f := &Files{dir: dir, prefix: prefix}
	for _, name := range names {
		s, err := f.source(name, read)
		if err != nil {
			return nil, fmt.Errorf("lua plugin %q: %w", name, err)
		}
		f.sources = append(f.sources, s)
	}
	return f, nil
}

func (f *Files) source(name string, read func(string) ([]byte, error)) (source, error) {
	s := source{Name: name}
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		return s, errors.New("a name has letters, digits, \"-\" and \"_\"")
	}
	take := func(file string, to **text) (bool, error) {
		b, err := read(path.Join(f.dir, file))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		*to = &text{f.shown(file), string(b)}
		return true, nil
	}
	if ok, err := take(name+".lua", &s.Single); ok || err != nil {
		return s, err
	}
	for _, folder := range []string{name, "kong/plugins/" + name} {
		ok, err := take(folder+"/handler.lua", &s.Handler)
		if err != nil {
			return s, err
		}
		if !ok {
			continue
		}
		ok, err = take(folder+"/schema.lua", &s.Schema)
		if err == nil && !ok {
			err = fmt.Errorf("there is %s, but no schema.lua beside it", s.Handler.Path)
		}
		return s, err
	}
	return s, fmt.Errorf("in %s there is neither %s.lua nor %s/handler.lua nor kong/plugins/%s/handler.lua", f.dir, name, name, name)
}

// shown is a file's name as errors have it.
func (f *Files) shown(file string) string {
	return strings.TrimPrefix(path.Join(f.dir, file), f.prefix)
}

// module finds a module that plugins require, as JSON; "" is none.
func (f *Files) module(name string) (string, error) {
	file := strings.ReplaceAll(name, ".", "/") + ".lua"
	if strings.Contains(file, "//") || strings.HasPrefix(file, "/") {
		return "", nil
	}
	list := []string{file, strings.TrimSuffix(file, ".lua") + "/init.lua"}
	if rest, ok := strings.CutPrefix(file, "kong/plugins/"); ok {
		list = append(list, rest)
	}
	for _, file := range list {
		b, err := os.ReadFile(path.Join(f.dir, file))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		out, err := json.Marshal(text{f.shown(file), string(b)})
		return string(out), err
	}
	return "", nil
}
