package script

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"moongate/test/scripttest"
)

// Pages of the guide whose first nginx block is a whole configuration: their sh blocks are
// run on it, written as those of plugins are. Folders below /var are the test's.
func TestConfPages(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"cache"} {
		path := "../../docs/guide/" + name + ".md"
		p, err := readPage(path)
		if err != nil {
			t.Fatal(err)
		}
		conf, err := block(path, "nginx")
		if err != nil {
			t.Fatal(err)
		}
		var b, files strings.Builder
		fmt.Fprintf(&b, "# the example of %s.md\n[!exec:curl] skip 'curl is not installed'\nmkdir var/cache/nginx\nmoongate start\n", name)
		for i, s := range p.steps {
			if s.line != "" {
				b.WriteString(s.line + "\n")
				continue
			}
			file := fmt.Sprintf("%s.%d.sh", name, i)
			b.WriteString("exec sh " + file + "\n")
			files.WriteString("-- " + file + " --\n" + shell(path, s.commands))
		}
		conf = ports.Replace(strings.ReplaceAll(conf, " /var/", " ${WORK}/var/"))
		text := b.String() + files.String() + "-- nginx.conf --\n" + conf + "-- ports --\n${port:shop}\n"
		if err := os.WriteFile(filepath.Join(dir, name+".txtar"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	scripttest.Run(t, dir)
}

// block is the first block of a language in a page.
func block(path, language string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	_, rest, found := strings.Cut(string(b), "\n```"+language+"\n")
	text, _, ended := strings.Cut(rest, "\n```\n")
	if !found || !ended {
		return "", fmt.Errorf("%s: no block of %s", path, language)
	}
	return text + "\n", nil
}
