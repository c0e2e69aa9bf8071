package main

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseOptions(t *testing.T) {
	for _, c := range []struct {
		args string
		want options
		err  string
	}{
		{"", options{}, ""},
		{"-t", options{test: true}, ""},
		{"-tq", options{test: true, quiet: true}, ""},
		{"-T", options{test: true, dump: true}, ""},
		{"-tc/x.conf", options{test: true, conf: "/x.conf", hasConf: true}, ""},
		{"-p /p -c c -e stderr -g x;", options{prefix: "/p", hasPrefix: true, conf: "c", hasConf: true, hasErrorLog: true, params: "x;"}, ""},
		{"-e log -V", options{errorLog: "log", hasErrorLog: true, version: true, configure: true}, ""},
		{"-?", options{version: true, help: true}, ""},
		{"-sstop", options{signal: "stop"}, ""},
		{"-s reload", options{signal: "reload"}, ""},
		{"-x", options{}, `invalid option: "x"`},
		{"x", options{}, `invalid option: "x"`},
		{"-é", options{}, "invalid option: \"\xc3\""},
		{"-", options{}, ""},
		{"-s", options{}, `option "-s" requires parameter`},
		{"-s foo", options{}, `invalid option: "-s foo"`},
		{"-p", options{}, `option "-p" requires directory name`},
		{"-c", options{}, `option "-c" requires file name`},
		{"-te", options{}, `option "-e" requires file name`},
		{"-g", options{}, `option "-g" requires parameter`},
	} {
		o, err := parseOptions(strings.Fields(c.args))
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%q: %v", c.args, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(*o, c.want) {
			t.Errorf("%q: %+v %v", c.args, o, err)
		}
	}
}

func TestVersionText(t *testing.T) {
	text := versionText(&options{version: true, configure: true})
	for _, want := range []string{"nginx version: nginx/1.31.", "\nbuilt with OpenSSL 3.0.2 (Go crypto/tls)\n", "\nTLS SNI support enabled\n", "\nconfigure arguments: "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if help := versionText(&options{version: true, help: true}); !strings.Contains(help, "\n  -s signal     : send signal to a master process: stop, quit, reopen, reload\n") {
		t.Error(help)
	}
}

func TestWord(t *testing.T) {
	for argv0, want := range map[string]string{"nginx": "nginx", "/usr/sbin/nginx": "nginx", "./openresty": "nginx", "bin/moongate": "moongate", "x": "moongate"} {
		if got := word(argv0); got != want {
			t.Errorf("%s: %s", argv0, got)
		}
	}
}
