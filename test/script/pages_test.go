package script

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"moongate/test/scripttest"
)

// Every page about a plugin has an example, and the example does what the page says. How
// examples are written stands in docs/gateway/plugins/README.md, whose own block sets up
// what the others stand on.
func TestPluginPages(t *testing.T) {
	const docs = "../../docs/gateway/plugins"
	pages, err := filepath.Glob(docs + "/*.md")
	if err != nil || len(pages) < 20 {
		t.Fatalf("%d pages are in %s: %v", len(pages), docs, err)
	}
	setup, err := readPage(docs + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, path := range pages {
		if filepath.Base(path) == "README.md" {
			continue
		}
		p, err := readPage(path)
		if err == nil {
			err = p.complete()
		}
		if err != nil {
			t.Error(err)
			continue
		}
		name := strings.TrimSuffix(filepath.Base(path), ".md")
		if err := os.WriteFile(filepath.Join(dir, name+".txtar"), []byte(script(setup, p)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	scripttest.Run(t, dir)
}

// So do pages of the guide that are written in the same way. They stand on nothing else.
func TestGuidePages(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"backends-for-frontends"} {
		p, err := readPage("../../docs/guide/" + name + ".md")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".txtar"), []byte(script(new(page), p)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	scripttest.Run(t, dir)
}

// page is what is done for a page, in its order: lines of a script, and blocks of shell.
// Blocks of nginx stand in http{}.
type page struct {
	path  string
	conf  string
	steps []step
}

type step struct {
	line     string // of a script, or
	commands []command
}

// command is one of a block, and what its answer must hold.
type command struct {
	at      int // the line in the page
	text    string
	status  string // "": any 2xx
	answers []string
}

var (
	hidden   = regexp.MustCompile(`^<!-- test: (.*) -->$`)
	answered = regexp.MustCompile(`^(.*?)(?:^|\s+)# (.*)$`)
	statused = regexp.MustCompile(`^([1-5]\d\d)(?: (.*))?$`)
)

func readPage(path string) (*page, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := &page{path: path}
	var block *step
	fence, open := "", false // whether the last command goes on
	for i, line := range strings.Split(string(b), "\n") {
		if m := hidden.FindStringSubmatch(line); m != nil && fence == "" {
			p.steps = append(p.steps, step{line: m[1]})
		}
		if strings.HasPrefix(line, "```") {
			if fence, block = strings.TrimPrefix(line, "```"), nil; fence == "sh" {
				p.steps = append(p.steps, step{})
				block = &p.steps[len(p.steps)-1]
			}
			continue
		}
		if fence == "nginx" {
			p.conf += "    " + line + "\n"
		}
		if block == nil || strings.TrimSpace(line) == "" {
			continue
		}
		said := ""
		if m := answered.FindStringSubmatch(line); m != nil {
			line, said = m[1], m[2]
		}
		if strings.TrimSpace(line) != "" {
			if !open {
				block.commands = append(block.commands, command{at: i + 1})
			}
			block.commands[len(block.commands)-1].text += line + "\n"
			text := block.commands[len(block.commands)-1].text
			open = strings.HasSuffix(line, `\`) || strings.Count(text, "'")%2 == 1
		}
		if said == "" {
			continue
		}
		if len(block.commands) == 0 {
			return nil, fmt.Errorf("%s:%d: an answer without a command", path, i+1)
		}
		c := &block.commands[len(block.commands)-1]
		if m := statused.FindStringSubmatch(said); m != nil {
			c.status, said = m[1], m[2]
		}
		if said != "" {
			c.answers = append(c.answers, said)
		}
	}
	return p, nil
}

// complete looks for a plugin that is set up and for a request whose answer is told.
func (p *page) complete() error {
	set, asked := false, false
	for _, s := range p.steps {
		for _, c := range s.commands {
			set = set || strings.Contains(c.text, ":8001/") && strings.Contains(c.text, `"name":"`+strings.TrimSuffix(filepath.Base(p.path), ".md")+`"`)
			asked = asked || (c.status != "" || c.answers != nil) && strings.Contains(c.text, "curl") && strings.Contains(c.text, "127.0.0.1:8")
		}
	}
	switch {
	case !set:
		return fmt.Errorf("%s: no example: a ```sh block must set the plugin up by curl at 127.0.0.1:8001; see README.md there", p.path)
	case !asked:
		return fmt.Errorf("%s: no request of the example says what comes: write \"# 200\" behind a curl, or lines like \"# Header: value\" below it; see README.md there", p.path)
	}
	return nil
}

// script is what runs a page.
func script(setup, p *page) string {
	var b, files strings.Builder
	b.WriteString("# the example of " + filepath.Base(p.path) + "\n[!exec:curl] skip 'curl is not installed'\n[oracle] skip 'nginx has no gateway'\n" +
		"origin shop echo 'header=X-Powered-By: PHP' 'header=Content-Type: text/plain'\nmoongate start\n")
	for _, part := range []*page{setup, p} {
		for i, s := range part.steps {
			if s.line != "" {
				b.WriteString(s.line + "\n")
				continue
			}
			name := fmt.Sprintf("%s.%d.sh", strings.TrimSuffix(filepath.Base(part.path), ".md"), i)
			b.WriteString("exec sh " + name + "\n")
			files.WriteString("-- " + name + " --\n" + shell(part.path, s.commands))
		}
	}
	return b.String() + files.String() + `-- conf/admin.token --
admin pages ` + fmt.Sprintf("%x", sha256.Sum256([]byte(token))) + `
-- nginx.conf --
worker_processes 2;
error_log logs/error.log notice;
events { }
http {
` + p.conf + `    gateway { store bolt:data/gateway.db; admin 127.0.0.1:${port:admin}; admin_token file:conf/admin.token; }
    server { listen 127.0.0.1:${port:main}; location / { gateway_pass; } }
}
-- ports --
${port:shop} ${port:sink} ${port:kafka}
`
}

// ports are the addresses of the pages.
var ports = strings.NewReplacer("127.0.0.1:8000", "127.0.0.1:${port:main}", "127.0.0.1:8001", "127.0.0.1:${port:admin}",
	"127.0.0.1:8080", "127.0.0.1:${port:shop}", "127.0.0.1:9000", "127.0.0.1:${port:sink}", `"port":9000`, `"port":${port:sink}`, `"port":9092`, `"port":${port:kafka}`)

const token = "a-token-of-the-pages"

const prelude = "TOKEN=" + token + `
curl() { command curl -sS -D head -o body "$@"; }
expect() { # place, status or 2, texts
	place=$1 want=$2 got=$(sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' head | tail -1)
	case $got in $want*) ;; *) echo "$place: the status is $got, not $want"; cat head body; exit 1 ;; esac
	shift 2
	for text; do
		cat head body | tr -d '\r' | grep -qF -- "$text" || { echo "$place: no '$text' in the answer"; cat head body; exit 1; }
	done
}
`

func shell(path string, commands []command) string {
	b := prelude
	for _, c := range commands {
		b += ": > head; : > body\n" + ports.Replace(c.text)
		if !strings.HasPrefix(strings.TrimSpace(c.text), "curl ") {
			continue
		}
		status := c.status
		if status == "" {
			status = "2"
		}
		b += "expect " + quote(fmt.Sprintf("%s:%d", filepath.Base(path), c.at)) + " " + status
		for _, a := range c.answers {
			b += " " + quote(ports.Replace(a))
		}
		b += "\n"
	}
	return b
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
