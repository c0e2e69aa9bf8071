package proxycache_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

func serveZone(t testing.TB, config string) (*httpdtest.Rig, *service) {
	t.Helper()
	strategy = "zone"
	defer func() { strategy = "memory" }()
	return serve(t, config)
}

// files gives the files below a folder with what stands in them.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	list := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			b, err := os.ReadFile(name)
			list[name] = string(b)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var keyLine = regexp.MustCompile(`\nKEY: (proxy-cache:00000000-0000-4000-8000-0000000000aa:[0-9a-f]{64}(:[0-9a-f]{96})?)\nHTTP/1\.1 (\d+) `)

// Files are nginx's: one for each answer, by whose KEY a script finds what it looks for.
func TestFilesOfZone(t *testing.T) {
	g, s := serveZone(t, "")
	key := httpdtest.Header(get(g, "/?size=100000"), "X-Cache-Key")
	get(g, "/?h=Vary:A", "A: 1")
	get(g, "/?h=Vary:A", "A: 2")
	list := files(t, g.Dir+"/files")
	mains, variants := 0, 0
	for name, text := range list {
		m := keyLine.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("%s: %.500q", name, text)
		}
		if m[2] == "" {
			mains++
		} else {
			variants++
		}
	}
	if mains != 2 || variants != 2 {
		t.Errorf("%d files of answers, %d of variants", mains, variants)
	}
	for name, text := range list {
		if strings.Contains(text, "KEY: proxy-cache:00000000-0000-4000-8000-0000000000aa:"+key+"\n") {
			os.Remove(name)
		}
	}
	if got := get(g, "/?size=100000"); httpdtest.Header(got, "X-Cache-Status") != "Miss" || s.asked.Load() != 4 {
		t.Errorf("what a script has removed is a %s, of %d", httpdtest.Header(got, "X-Cache-Status"), s.asked.Load())
	}
	if got := get(g, "/?size=100000"); httpdtest.Header(got, "X-Cache-Status") != "Hit" || len(httpdtest.Body(got)) != 100000 {
		t.Errorf("and then %.300q", got)
	}
}

// What is not kept leaves nothing behind: too long, cut short, or with a header that no
// file has room for.
func TestNotIntoZone(t *testing.T) {
	g, _ := serveZone(t, `,"max_size":100000`)
	get(g, "/?size=100001")
	get(g, "/?cut")
	g.Send("GET / HTTP/1.0\r\nHost: h.test\r\n\r\n")
	if list := files(t, g.Dir+"/files"); len(list) != 1 {
		t.Errorf("%d files", len(list))
	}
	for range 2 {
		if got := get(g, "/?long=20000"); httpdtest.Header(got, "X-Cache-Status") != "Miss" {
			t.Errorf("%.300q", got)
		}
	}
	if log := g.Log(); !strings.Contains(log, "an answer is not kept (0 more since the last such line): its header is too long for a file") {
		t.Error(log)
	}
	if list := files(t, g.Dir+"/files"); len(list) != 1 {
		t.Errorf("%d files", len(list))
	}
}

// Without the zone requests pass, and the log says why.
func TestZoneGone(t *testing.T) {
	for conf, want := range map[string]string{
		zoneConf: `nginx.conf has no cache zone "two", it has: one`,
		strings.Replace(zoneConf, "cache_zone DIR/files levels=1:2 keys_zone=one:1m;", "", 1): `nginx.conf has no cache zone "two", and no other: proxy_cache_path in http {} declares one`,
	} {
		s := &service{}
		g := plugintest.ServeConf(t, conf, s.answer, plugintest.World(plugintest.Plugin("proxy-cache", `{"strategy":"disk","disk":{"zone":"two"}}`))...)
		for n := range 2 {
			if got := get(g, "/"); httpdtest.Header(got, "X-Cache-Status") != "Bypass" || httpdtest.Body(got) != fmt.Sprint("answer ", n+1) {
				t.Errorf("%q", got)
			}
		}
		if log := g.Log(); !strings.Contains(log, "proxy-cache 00000000-0000-4000-8000-0000000000aa keeps nothing: "+want) {
			t.Errorf("%s is missing:\n%s", want, log)
		}
	}
}
