package config

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// sections are the blocks in the order of the reference.
var sections = []struct {
	block block
	title string
}{
	{inRoot, "Roots"}, {inGlobal, ""}, {inInstance, ""}, {inAuth, ""}, {inHMAC, ""}, {inHeartbeat, ""}, {inTieBreak, ""}, {inGroup, ""}, {inScript, ""}, {inProcess, ""},
	{inFile, ""}, {inBFD, ""}, {inGateway, ""}, {inGARPGroup, ""}, {inTrackGroup, ""}, {inServer, ""}, {inReal, ""},
	{inTCP, ""}, {inHTTP, ""}, {inSSLGet, ""}, {inURL, ""}, {inMisc, ""}, {inSMTP, ""}, {inSMTPHost, ""}, {inDNS, ""}, {inUDP, ""},
	{inPing, ""}, {inFileCheck, ""}, {inBFDCheck, ""}, {inSSL, ""},
}

// reference is docs/reference/keepalived.md.
func reference() string {
	var b bytes.Buffer
	b.WriteString(`# Keywords of keepalived.conf

Made from the table in keepalived/config; do not edit. How the file is read, and what becomes of its faults, is told in
[the guide](../guide/keepalived.md).

BOOL is on, off, true, false, yes or no; alone the keyword means on. SECONDS may have six decimals. A keyword marked with * is newer than
keepalived 2.2.7, one marked with + is ours, and one marked with - is read and does nothing, which is told once.
`)
	for _, s := range sections {
		title := s.title
		if title == "" {
			title = blockNames[s.block]
		}
		fmt.Fprintf(&b, "\n## %s\n\n| Keyword | Default | Meaning |\n|---|---|---|\n", title)
		var rows []keyword
		for _, list := range table() {
			for _, k := range list {
				if k.in&s.block != 0 {
					rows = append(rows, k)
				}
			}
		}
		sort.SliceStable(rows, func(i, j int) bool { return rows[i].name < rows[j].name })
		for _, k := range rows {
			marks := ""
			for _, m := range []struct {
				is   bool
				mark string
			}{{k.newer, "*"}, {k.ours, "+"}, {k.idle, "-"}} {
				if m.is {
					marks += m.mark
				}
			}
			name := "`" + k.name + "`"
			for _, o := range k.old {
				name += ", `" + o + "`"
			}
			if marks != "" {
				name += " " + marks
			}
			args := k.args
			switch {
			case k.body == lines && args != "NAME":
				args = "{ " + args + " }"
			case k.body != none:
				args = strings.TrimSpace(args + " { }")
			}
			if args != "" {
				name += " " + escape(args)
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", name, escape(k.def), escape(k.doc))
		}
	}
	return b.String()
}

func escape(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func TestReference(t *testing.T) {
	const name = "../../docs/reference/keepalived.md"
	want := reference()
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the table says: go test ./keepalived/config -run Reference -update", name)
	}
}

// Each row is complete, and a name means one thing in a block.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	inSections := block(0)
	for _, s := range sections {
		inSections |= s.block
	}
	for _, list := range table() {
		for _, k := range list {
			if k.doc == "" || k.in == none || k.in&^inSections != 0 {
				t.Errorf("%s: no documentation, or no block", k.name)
			}
			if k.set == nil && k.body == none && !k.idle {
				t.Errorf("%s: nothing comes of it, and it does not say so", k.name)
			}
			if k.need > 0 && k.args == "" {
				t.Errorf("%s needs %d words, and does not say which", k.name, k.need)
			}
			for b := range blockNames {
				for _, name := range append([]string{k.name}, k.old...) {
					if key := fmt.Sprint(name, " ", b); k.in&b != 0 && seen[key] {
						t.Errorf("%s: two rows in block %q", name, blockNames[b])
					} else if k.in&b != 0 {
						seen[key] = true
					}
				}
			}
		}
	}
}

// nests are the blocks around a keyword.
var nests = map[block]string{
	inRoot: "", inGlobal: "global_defs", inInstance: "vrrp_instance x", inAuth: "vrrp_instance x/authentication", inHMAC: "vrrp_instance x/auth_hmac",
	inHeartbeat: "vrrp_instance x/heartbeat", inTieBreak: "vrrp_instance x/tie_break",
	inGroup: "vrrp_sync_group x", inScript: "vrrp_script x", inProcess: "vrrp_track_process x", inFile: "track_file x", inBFD: "bfd_instance x",
	inGARPGroup: "garp_group", inTrackGroup: "track_group x", inSSL: "SSL", inServer: "virtual_server 10.0.0.1 80", inReal: real, inTCP: real + "/TCP_CHECK",
	inHTTP: real + "/HTTP_GET", inSSLGet: real + "/SSL_GET", inURL: real + "/HTTP_GET/url", inMisc: real + "/MISC_CHECK", inSMTP: real + "/SMTP_CHECK",
	inSMTPHost: real + "/SMTP_CHECK/host", inDNS: real + "/DNS_CHECK", inUDP: real + "/UDP_CHECK", inPing: real + "/PING_CHECK",
	inFileCheck: real + "/FILE_CHECK", inBFDCheck: real + "/BFD_CHECK",
}

const real = "virtual_server 10.0.0.1 80/real_server 10.0.0.2 80"

// What we say of a keyword, that keepalived 2.2.7 knows it or not, is so.
func TestOracleKeywords(t *testing.T) {
	if os.Getenv("ORACLE") != "keepalived" {
		t.Skip("ORACLE=keepalived asks the real program")
	}
	program, err := exec.LookPath("keepalived")
	if err != nil {
		t.Skip(err)
	}
	file := filepath.Join(t.TempDir(), "k.conf")
	for b, nest := range nests {
		for name, k := range keywords()[b] {
			text := name + " 1 1"
			if k.body != none {
				text += " {\n}"
			}
			around := strings.Split(nest, "/")
			if nest == "" {
				around = nil
			}
			for i := len(around) - 1; i >= 0; i-- {
				text = around[i] + " {\n" + text + "\n}"
			}
			if err := os.WriteFile(file, []byte(text+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			out, _ := exec.Command(program, "-t", "-f", file).CombinedOutput()
			unknown := strings.Contains(string(out), "Unknown keyword '"+name+"'")
			if b == inHeartbeat {
				continue // a block of ours, whose words are an instance's there
			}
			if name == "vrrp_ipsets" {
				continue // known where the program is built with them, which Debian's is not
			}
			if unknown != (k.newer || k.ours) {
				t.Errorf("%s in %q: unknown to 2.2.7: %v, and the table says newer %v, ours %v", name, blockNames[b], unknown, k.newer, k.ours)
			}
		}
	}
}

// testdata/keywords.txt names the keywords of keepalived's manual, 2.2.7 to
// 2.4.3, block by block.
func TestKeywords(t *testing.T) {
	b, err := os.ReadFile("testdata/keywords.txt")
	if err != nil {
		t.Fatal(err)
	}
	in := block(0)
	n := 0
	for _, line := range strings.Split(string(b), "\n") {
		title, words, _ := strings.Cut(line, ":")
		if strings.HasPrefix(line, "#") || words == "" {
			continue
		}
		in = none
		for b, name := range blockNames {
			if name == title || title == "root" && b == inRoot {
				in = b
			}
		}
		if in == none {
			t.Fatalf("no block %q", title)
		}
		for _, w := range strings.Fields(words) {
			n++
			if keywords()[in][w] == nil {
				t.Errorf("%s in %s is not known", w, title)
			}
		}
	}
	if n < 300 {
		t.Errorf("only %d keywords", n)
	}
}
