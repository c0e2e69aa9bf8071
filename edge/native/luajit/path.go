package luajit

import "strings"

// SetPaths sets package.path and package.cpath from lua_package_path and lua_package_cpath; "" leaves one as it is.
// ";;" stands for what was there before and $prefix for the server's prefix, as in ngx_http_lua_set_path.
func (st *State) SetPaths(path, cpath, prefix string) error {
	for _, p := range [...]struct{ field, text string }{{"path", path}, {"cpath", cpath}} {
		if p.text == "" {
			continue
		}
		old, err := st.packageField(p.field)
		if err != nil {
			return err
		}
		b := st.Tape()
		b.Globals()
		b.Str("package")
		b.Get()
		b.Str(p.field)
		b.Str(ExpandPath(p.text, prefix, old))
		b.Set()
		b.Pop(1)
		if _, err = st.Main().Do(b); err != nil {
			return err
		}
	}
	return nil
}

// Paths gives package.path and package.cpath.
func (st *State) Paths() (path, cpath string) {
	path, _ = st.packageField("path")
	cpath, _ = st.packageField("cpath")
	return path, cpath
}

func (st *State) packageField(name string) (string, error) {
	t, b := st.Main(), st.Tape()
	b.Globals()
	b.Str("package")
	b.Get()
	b.Str(name)
	b.Get()
	vs, err := t.Do(b)
	if err != nil {
		return "", err
	}
	s := strings.Clone(vs.At(1).Str())
	t.Pop(len(vs))
	return s, nil
}

// ExpandPath replaces ";;" by ";" + old + ";", $prefix and ${prefix} by prefix.
func ExpandPath(path, prefix, old string) string {
	const mark = "\x01"
	path = strings.ReplaceAll(path, ";;", ";"+mark+";")
	path = strings.ReplaceAll(path, "$prefix", prefix)
	path = strings.ReplaceAll(path, "${prefix}", prefix)
	return strings.ReplaceAll(path, mark, old)
}
