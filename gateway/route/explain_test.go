package route

import (
	"net/netip"
	"strings"
	"testing"
)

func told(tries []Try) string {
	var lines []string
	for _, try := range tries {
		line := try.Rule.ID + " " + try.Path + ": "
		if try.Failed != nil {
			line += try.Failed.String()
		} else {
			line += "matches"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestExplain(t *testing.T) {
	tab := table(t,
		&Rule{ID: "host", Hosts: []string{"a.example", "*.b.example:81"}, Paths: []string{"/", "/api"}, Priority: 9},
		&Rule{ID: "path", Paths: []string{`~/api/\w\d+$`, "/other"}, Priority: 8},
		&Rule{ID: "method", Methods: []string{"put", "POST"}, Priority: 7},
		&Rule{ID: "source", Sources: []Source{{Prefix: netip.MustParsePrefix("10.0.0.0/8"), Port: 7}, {Port: 8}}, Priority: 6},
		&Rule{ID: "sni", SNIs: []string{"a.example"}, Priority: 5},
		&Rule{ID: "header", Headers: values{"X-Env": {"prod"}}, Priority: 4},
		&Rule{ID: "query", Queries: values{"v": {"~*^2"}}, Priority: 3},
		&Rule{ID: "cookie", Cookies: values{"user": {"bob"}}, Priority: 2},
		&Rule{ID: "limit", Paths: []string{`~/(\w+)*$`}, Priority: 1},
		&Rule{ID: "wins", Paths: []string{"/api"}},
		&Rule{ID: "later", Paths: []string{"/"}},
	)
	req := get("h", "/api/x-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!").with(func(r *Request) {
		r.Scheme = "https"
		r.Values = &asked{headers: values{"x-env": {"dev", "test"}}, queries: values{"v": {"1"}}}
	})
	tr := tab.Explain(req, 2)
	const want = `host /api: host is "h:80", expected one of "a.example", "*.b.example:81"
host /: host is "h:80", expected one of "a.example", "*.b.example:81"
path ~/api/\w\d+$: path is "/api/x-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", expected "~/api/\\w\\d+$"
method : method is "GET", expected one of "PUT", "POST"
source : source is 192.0.2.1:1234, expected 10.0.0.0/8 port 7, port 8
sni : sni is "", expected "a.example"
header : header x-env is "dev", "test", expected "prod"
query : query v is "1", expected "~*^2"
cookie : cookie user is not there, expected "bob"
limit ~/(\w+)*$: path is "/api/x-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", expected "~/(\\w+)*$"
wins /api: matches`
	if got := told(tr.Tried); got != want || tr.Skipped != 1 || tr.Winner().ID != "wins" {
		t.Errorf("%d skipped, told:\n%s", tr.Skipped, got)
	}
	if got, want := told(tab.Why("host", req)), `host /: host is "h:80", expected one of "a.example", "*.b.example:81"
host /api: host is "h:80", expected one of "a.example", "*.b.example:81"`; got != want {
		t.Error(got)
	}
	if tries := tab.Why("later", req); tries != nil {
		t.Error(told(tries))
	}
}

// A regex that fails by its limit is told to have done so.
func TestExplainLimit(t *testing.T) {
	tab := table(t, &Rule{ID: "r", Paths: []string{`~/(a+)+$`}}, &Rule{ID: "v", Queries: values{"q": {`~*(a+)+$`}}})
	long := strings.Repeat("a", 40) + "!"
	req := get("h", "/"+long).with(func(r *Request) { r.Values = &asked{queries: values{"q": {long}}} })
	if tr := tab.Explain(req, 9); len(tr.Tried) != 2 || !strings.Contains(tr.Tried[0].Failed.Actual, "pcre2_match() failed") {
		t.Error(told(tr.Tried))
	}
}
