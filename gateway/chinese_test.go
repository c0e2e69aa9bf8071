package gateway

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// Whoever adds a field, or changes what is said of it, adds its Chinese to the dashboard.
func TestFieldsHaveChinese(t *testing.T) {
	const dir = "../web/src/i18n/schema/"
	labels := texts(t, dir+"labels.zh.ts")
	about := texts(t, dir+"about.zh.ts")
	for en, zh := range texts(t, dir+"plugins.zh.ts") {
		about[en] = zh
	}
	for en, zh := range about {
		if !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("what is said for %q is not Chinese: %q", en, zh)
		}
	}
	asked := map[string]bool{} // once for all that have the same name or words
	var walk func(path string, f *schema.Field)
	fields := func(path string, s *schema.Shape) {
		for i := range s.Fields {
			walk(path+"."+s.Fields[i].Name, &s.Fields[i])
		}
	}
	used := map[string]bool{}
	walk = func(path string, f *schema.Field) {
		if f.Name != "" && labels[f.Name] == "" && !asked["."+f.Name] {
			t.Errorf("%s: no label for %s in labels.zh.ts", path, f.Name)
			asked["."+f.Name] = true
		}
		if f.Doc != "" && about[f.Doc] == "" && !asked[f.Doc] {
			t.Errorf("%s: no words for %q in about.zh.ts or plugins.zh.ts", path, f.Doc)
			asked[f.Doc] = true
		}
		used[f.Doc] = true
		if f.Elem != nil {
			walk(path, f.Elem)
		}
		if f.Keys != nil {
			walk(path, f.Keys)
		}
		fields(path, &f.Shape)
	}
	known := registryOf(plugins())
	for _, k := range entity.NewModel(entity.Outside{Plugins: known}).Kinds() {
		fields(k.Name, &k.Schema.Shape)
	}
	for _, name := range known.Names() {
		s, ok := known.Schema(name)
		if !ok {
			t.Fatalf("no schema of %s", name)
		}
		fields(name, &s.Shape)
	}
	for en := range about {
		if !used[en] {
			t.Errorf("no field says %q any more", en)
		}
	}
}

var (
	oneText = regexp.MustCompile(`(\w+|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"): ('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")`)
	quote   = strings.NewReplacer(`\'`, `'`, `\"`, `\"`, `\\`, `\\`, `"`, `\"`)
)

// texts reads the object of texts that a file of the dashboard is.
func texts(t *testing.T, path string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	plain := func(s string) string {
		if s[0] != '\'' && s[0] != '"' {
			return s
		}
		out, err := strconv.Unquote(`"` + quote.Replace(s[1:len(s)-1]) + `"`)
		if err != nil {
			t.Fatalf("%s: %s: %v", path, s, err)
		}
		return out
	}
	out := map[string]string{}
	for _, m := range oneText.FindAllStringSubmatch(string(b), -1) {
		key := plain(m[1])
		if out[key] != "" {
			t.Errorf("%s: %q is there twice", path, key)
		}
		out[key] = plain(m[2])
	}
	return out
}
