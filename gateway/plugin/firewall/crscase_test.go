package firewall_test

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	crs "github.com/corazawaf/coraza-coreruleset/v4/tests"
	"go.yaml.in/yaml/v4"
)

// crsCase is a case in the form of go-ftw.
type crsCase struct {
	id     string
	Test   int     `yaml:"test_id"`
	Stages []stage `yaml:"stages"`
}

type stage struct {
	Input struct {
		Method  string    `yaml:"method"`
		URI     string    `yaml:"uri"`
		Version *string   `yaml:"version"`
		Headers yaml.Node `yaml:"headers"`
		Data    string    `yaml:"data"`
		Encoded string    `yaml:"encoded_request"`
		Fill    *bool     `yaml:"autocomplete_headers"`
	} `yaml:"input"`
	Output struct {
		Status int  `yaml:"status"`
		Error  bool `yaml:"expect_error"`
		Log    struct {
			Expect  []int  `yaml:"expect_ids"`
			Not     []int  `yaml:"no_expect_ids"`
			Match   string `yaml:"match_regex"`
			NoMatch string `yaml:"no_match_regex"`
		} `yaml:"log"`
	} `yaml:"output"`
}

func crsCases(t *testing.T) (list []crsCase) {
	t.Helper()
	err := fs.WalkDir(crs.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		b, err := fs.ReadFile(crs.FS, path)
		if err != nil {
			return err
		}
		var f struct {
			Rule  int       `yaml:"rule_id"`
			Tests []crsCase `yaml:"tests"`
		}
		if err := yaml.Unmarshal(b, &f); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, c := range f.Tests {
			c.id = fmt.Sprintf("%d-%d", f.Rule, c.Test)
			list = append(list, c)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// raw writes a stage's request as go-ftw does.
func (s *stage) raw() (string, error) {
	in := &s.Input
	if in.Encoded != "" {
		b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(in.Encoded), ""))
		return string(b), err
	}
	method, uri, version := in.Method, in.URI, "HTTP/1.1"
	if method == "" {
		method = "GET"
	}
	if uri == "" {
		uri = "/"
	}
	if in.Version != nil {
		version = *in.Version
	}
	var head []string
	kind, named := "", map[string]bool{}
	for k := 0; k+1 < len(in.Headers.Content); k += 2 {
		name, value := in.Headers.Content[k].Value, in.Headers.Content[k+1].Value
		head = append(head, name+": "+value)
		named[strings.ToLower(name)] = true
		if strings.EqualFold(name, "Content-Type") {
			kind = value
		}
	}
	data, fill := repeated(in.Data), in.Fill == nil || *in.Fill
	if fill && data != "" {
		if kind == "" {
			kind = "application/x-www-form-urlencoded"
			head = append(head, "Content-Type: "+kind)
		}
		if kind == "application/x-www-form-urlencoded" {
			data = escaped(data)
		}
	}
	if strings.HasPrefix(kind, "multipart/form-data;") {
		data = strings.ReplaceAll(data, "\n", "\r\n")
	}
	if fill {
		if !named["connection"] {
			head = append(head, "Connection: close")
		}
		if !named["content-length"] && (data != "" || slices.Contains([]string{"POST", "PUT", "PATCH", "DELETE"}, method)) {
			head = append(head, fmt.Sprintf("Content-Length: %d", len(data)))
		}
	}
	sort.Strings(head) // go-ftw has no order either
	return method + " " + uri + " " + version + "\r\n" + strings.Join(append(head, "", ""), "\r\n") + data, nil
}

var repeat = regexp.MustCompile(`\{\{ "(.)" \| repeat (\d+) \}\}`)

// repeated does what cases use of templates.
func repeated(data string) string {
	m := repeat.FindStringSubmatch(data)
	if m == nil {
		return data
	}
	n, _ := strconv.Atoi(m[2])
	return strings.Replace(data, m[0], strings.Repeat(m[1], n), 1)
}

// escaped is a form as it is sent; one that is escaped already stays so.
func escaped(data string) string {
	if once, err := url.QueryUnescape(data); err != nil || once != data {
		return data
	}
	pairs := strings.Split(data, "&")
	for i, p := range pairs {
		name, value, ok := strings.Cut(p, "=")
		if pairs[i] = url.QueryEscape(name); ok {
			pairs[i] += "=" + url.QueryEscape(value)
		}
	}
	return strings.Join(pairs, "&")
}

// judge gives what is wrong with an outcome, "" for nothing.
func (s *stage) judge(o *outcome) string {
	out := &s.Output
	if out.Error && o.status == "" {
		return ""
	}
	if out.Status >= 400 && o.status == strconv.Itoa(out.Status) {
		return "" // the server's refusal is as good as the rule's
	}
	for _, id := range out.Log.Expect {
		if !slices.Contains(o.ids, id) {
			return fmt.Sprintf("%d is missing in %v, status %s", id, o.ids, o.status)
		}
	}
	for _, id := range out.Log.Not {
		if slices.Contains(o.ids, id) {
			return fmt.Sprintf("%d should not be in %v, status %s", id, o.ids, o.status)
		}
	}
	if m := out.Log.Match; m != "" && !regexp.MustCompile(m).MatchString(o.log) {
		return fmt.Sprintf("nothing like %s in %s", m, o.log)
	}
	if m := out.Log.NoMatch; m != "" && regexp.MustCompile(m).MatchString(o.log) {
		return fmt.Sprintf("something like %s in %s", m, o.log)
	}
	if out.Status == 200 && o.status != "200" || out.Status != 0 && out.Log.Expect == nil && out.Log.Not == nil && out.Log.Match == "" {
		return fmt.Sprintf("status %s with %v, not %d", o.status, o.ids, out.Status)
	}
	return ""
}
