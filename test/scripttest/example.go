package scripttest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// example copies examples/NAME of the repository into the prefix, with the
// script's ports in place of the example's: 8080 and 8888 are main, 8081 prod,
// 8082 pre, 6379 redis, 8001 admin. So that what the README shows is what is tested.
func (w *world) example(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "example NAME")
	root, err := filepath.Abs("../..")
	ts.Check(err)
	port := func(name string) string {
		p := ts.Getenv("port:" + name)
		if p == "" {
			ts.Fatalf("example: the script must mention ${port:%s}", name)
		}
		return p
	}
	admin := ts.Getenv("port:admin") // only one example has it
	if admin == "" {
		admin = "8001"
	}
	edit := strings.NewReplacer("8001", admin, "8080", port("main"), "8888", port("main"), "8081", port("prod"), "8082", port("pre"),
		"6379", port("redis"), "../../dist/", root+"/dist/", "pid        nginx.pid", "pid logs/nginx.pid")
	from := filepath.Join(root, "examples", args[0])
	ts.Check(filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(from, path)
		if err != nil || d.IsDir() || strings.HasPrefix(rel, "logs/") || strings.HasPrefix(rel, "data/") {
			return err
		}
		if rel == "nginx.conf" {
			rel = "conf/nginx.conf"
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s := edit.Replace(string(b))
		if strings.HasSuffix(rel, ".conf") {
			s = w.bin.adapt(s)
		}
		to := filepath.Join(w.dir, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, []byte(s), 0o644)
	}))
}
