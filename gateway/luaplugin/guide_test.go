package luaplugin

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	codeBlock = regexp.MustCompile("(?s)```(?:lua|nginx)\n(.*?)```")
	pdkName   = regexp.MustCompile(`(?m)^function (\w+)\.(\w+)\(`)
)

// The guide's code is what a script runs, and its table has all functions of the PDK.
func TestGuide(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	guide, script := read("../../docs/guide/lua-plugins.md"), read("../../test/script/gateway/luaguide.txtar")
	blocks := codeBlock.FindAllStringSubmatch(guide, -1)
	if len(blocks) != 2 {
		t.Errorf("%d blocks of code", len(blocks))
	}
	for _, b := range blocks {
		if !strings.Contains(script, b[1]) {
			t.Errorf("no script runs\n%s", b[1])
		}
	}
	names := pdkName.FindAllStringSubmatch(part("pdk"), -1)
	if len(names) < 50 {
		t.Errorf("only %d functions", len(names))
	}
	for _, m := range names {
		if !strings.Contains(guide, "`"+m[2]+"`") && !strings.Contains(guide, "."+m[2]+"`") {
			t.Errorf("the guide does not tell of %s.%s", m[1], m[2])
		}
	}
}
