package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const explainedConf = `events { }
http {
    upstream prod { server 127.0.0.1:81 weight=3; server 127.0.0.1:82; }
    server {
        listen 8080;
        server_name shop.test;
        deny 10.0.0.0/8;
        location /api/ {
            rewrite ^/api/v1/(.*)$ /v2/$1 last;
            access_by_lua_file lua/check.lua;
            proxy_pass http://prod;
            access_log off;
        }
        location ~ \.php$ { return 403; }
    }
    server { listen 8080; }
}
`

// The guide shows what is printed.
func TestExplainGuide(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "conf"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "conf/nginx.conf"), []byte(explainedConf), 0o644); err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../../docs/guide/explain.md")
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := explainTo([]string{"-p", dir, "-H", "Host: shop.test:8080", "GET /api/x"}, &out, &errs); code != 0 {
		t.Fatal(code, errs.String())
	}
	if !strings.Contains(string(guide), "```\n"+out.String()+"```\n") {
		t.Errorf("the guide does not show\n%s", out.String())
	}
}

func TestExplainArguments(t *testing.T) {
	for args, want := range map[string]string{
		"":                             "which request?",
		"-H":                           `option "-H" needs a value`,
		"-H a /":                       `"a" is no header`,
		"--nothing /":                  `invalid option: "--nothing"`,
		"--admin http://x -c a /":      "only one of them can be asked",
		"--consumer bob /":             "--consumer needs --admin",
		"GET POST /":                   `"GET POST /" is no request`,
		"--from=x GET api":             `"api" begins neither with / nor with http://`,
		"--admin=http://x --token t b": `"b" begins neither`,
	} {
		var out, errs bytes.Buffer
		if code := explainTo(strings.Fields(args), &out, &errs); code != 2 || !strings.Contains(errs.String(), want) || out.Len() > 0 {
			t.Errorf("%s: %d %s", args, code, errs.String())
		}
	}
	var out, errs bytes.Buffer
	if code := explainTo([]string{"-h"}, &out, &errs); code != 0 || !strings.HasPrefix(out.String(), "Usage: moongate explain") {
		t.Error(code, out.String())
	}
}
