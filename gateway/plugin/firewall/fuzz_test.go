package firewall

import (
	"encoding/json"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"moongate/edge/wire/http1"
	"moongate/gateway/schema"
)

// A rule that the schema lets pass can be made, and judges any request without a panic.
func FuzzRule(f *testing.F) {
	f.Add(`{"action":"deny","path":"/a*b","addresses":["10.0.0.0/8","::1"],"methods":["GET"]}`, "/axb", "a=1&b", "x-y", "1")
	f.Add(`{"action":"allow","path":"~^/x","headers":{"X-Y":"*"},"query":{"a":"~[0-9]"},"status":404}`, "/x", "%61=%", "X-Y", "")
	f.Add(`{"action":"deny","addresses":["::ffff:1.2.3.4/100"]}`, "", "=&&", "", "\xff")
	s := schema.Schema{Shape: ruleField.Shape}
	f.Fuzz(func(t *testing.T, doc, path, query, name, value string) {
		var m map[string]any
		var c ruleConf
		d := json.NewDecoder(strings.NewReader(doc))
		d.UseNumber()
		if d.Decode(&m) != nil || m == nil || len(s.Validate(m)) > 0 || json.Unmarshal([]byte(doc), &c) != nil {
			return
		}
		r, err := newRule(&c)
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		q := asked{addr: netip.MustParseAddr("10.1.2.3"), method: "GET", path: path, query: query, headers: []http1.Header{{Name: name, Value: value}}}
		once := r.fits(&q)
		if q.addr = netip.MustParseAddr("::ffff:10.1.2.3"); r.fits(&q) != once {
			t.Errorf("%s: IPv4 inside of IPv6 is judged otherwise", doc)
		}
	})
}

// A pattern with stars means what a regular expression with .* means.
func FuzzPattern(f *testing.F) {
	for _, s := range [][2]string{{"/a*", "/ab"}, {"*", ""}, {"a*a", "a"}, {"a*ab*b", "aababb"}, {"**", "x"}, {"a", "a*"}, {"*.bak", "x.bak.bak"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if strings.HasPrefix(pattern, "~") || len(pattern) > 100 {
			return
		}
		p, err := newPattern(pattern)
		if err != nil {
			t.Fatal(err)
		}
		want, err := regexp.Compile(`\A(?s:` + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`) + `)\z`)
		if err != nil || strings.ToValidUTF8(text, "") != text {
			return
		}
		if got := p.fits(text); got != want.MatchString(text) {
			t.Errorf("%q for %q: %v", pattern, text, got)
		}
	})
}

// Whatever text is let pass has no directive that is not allowed, as Coraza reads it.
func FuzzDirectives(f *testing.F) {
	f.Add("SecRule ARGS \"@rx a\" \\\n \"id:1,deny\"\nSecAction \"id:2\"")
	f.Add("SecDataset a `\nx\n`\n#`\nInclude x")
	f.Add("SecMarker a\\\n#b\\\nInclude c\r\n\tInclude d")
	f.Fuzz(func(t *testing.T, text string) {
		if judgeDirectives(text) != nil {
			return
		}
		for _, d := range asCoraza(text) {
			word, _, _ := strings.Cut(strings.ToLower(d), " ")
			if !allowed[word] || strings.Contains(strings.ToLower(d), "@inspectfile") {
				t.Errorf("%q passes with %q", text, d)
			}
		}
	})
}

// asCoraza takes a text apart as the parser of Coraza does (internal/seclang/parser.go).
func asCoraza(text string) (list []string) {
	var b strings.Builder
	quoted := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if !quoted && line[len(line)-1] == '`' {
			quoted = true
		} else if quoted && line[0] == '`' {
			quoted = false
		}
		switch {
		case quoted:
			b.WriteString(line + "\n")
		case line[len(line)-1] == '\\':
			b.WriteString(strings.TrimSuffix(line, `\`))
		default:
			list = append(list, b.String()+line)
			b.Reset()
		}
	}
	return list
}
