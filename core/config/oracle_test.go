package config

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
)

var syntaxFaults = []string{
	"foo;", "events { foo; }", "events", "events {", "events {}\n}", "events { worker_connections 5 { } }", "events;", ";", "{", "a\"b;", "\"a\"b;", "events {} http { server { \n } ",
	"worker_processes 1 2 3;", "worker_processes\n\n1 2\n;", "root x;", "events {} http { root\n x y; }", "#\n#\n  'a", "events {}\ninclude none;\n", "events {}\ninclude none*;\nfoo;",
	"events {}\ninclude sub/*.conf;", "events {}\ninclude .;", "events {}\n#" + strings.Repeat("x", 5000) + "\n", "events {}\nuser '" + strings.Repeat("\n", 5000) + "';", "\ufeffuser a;",
	"events {} http { types { a b\n { } } }", "events {} http { if ($a) { } }", "events {} http { server { if ($a = \"b\"x) { } } }", "events {} http { map $a $b { include none; } }", "env \\;;x;", "x\\",
	"events {} http { server { server { } } }", "events {} http { server { listen { } } }", "$", "${", "events ${ {}",
}

const luaModules = "/usr/lib/nginx/modules/"

var luaFaults = []string{
	"content_by_lua_block {\n [[ }", "content_by_lua_block {\n {\n\n", "content_by_lua_block x {\n [[", "content_by_lua_block {\n {} } }", "content_by_lua_block {\n it's } }}}",
	"content_by_lua_block {\n --it's }\n } }}}", "content_by_lua_block {\n\n} a } }}", "set_by_lua_block $a {'}'} foo;", "content_by_lua_block { --[=[ } ]] }\n ]=] } foo;",
	"content_by_lua_block { \"\\\"}\" } foo;", "content_by_lua_block { '\n' } foo; ' } }", "content_by_lua_block { [=\n } foo; ", "content_by_lua_block;", "rewrite_by_lua_block { a[b[1]] } foo;",
}

// The syntax faults of real nginx, where it is installed.
func TestOracle(t *testing.T) {
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		if nginx, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			t.Skip("nginx is not installed")
		}
	}
	if out, _ := exec.Command(nginx, "-v").CombinedOutput(); !strings.Contains(string(out), "nginx version: nginx/") {
		t.Skip("not the peer's nginx")
	}
	dir := t.TempDir()
	table := knownTable(t)
	texts := append([]string(nil), syntaxFaults...)
	if _, err := os.Stat(luaModules + "ngx_http_lua_module.so"); err == nil {
		for _, text := range luaFaults {
			texts = append(texts, "load_module "+luaModules+"ndk_http_module.so; load_module "+luaModules+"ngx_http_lua_module.so; events {} http { server { location / { "+text)
		}
	}
	for _, text := range texts {
		write := func(name, text string) {
			os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		write("n.conf", text)
		write("sub/b.conf", "bar\n;")
		write("sub/a.conf", "pid x;")
		out, _ := exec.Command(nginx, "-t", "-p", dir+"/", "-c", "n.conf", "-e", "stderr").CombinedOutput()
		want := ""
		for line := range strings.Lines(string(out)) {
			if _, after, ok := strings.Cut(line, "[emerg] "); ok {
				_, want, _ = strings.Cut(strings.TrimSpace(after), ": ")
				break
			}
			if _, after, ok := strings.Cut(line, "[crit] "); ok {
				_, want, _ = strings.Cut(strings.TrimSpace(after), ": ")
				break
			}
		}
		w := &Walker{Table: table, Reader: syntax.Disk{}, Prefix: dir + "/"}
		got := ""
		if err := w.File(dir+"/n.conf", directive.Main, nil, nil); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%.100q:\n   got %s\n nginx %s", text, got, want)
		}
	}
}
