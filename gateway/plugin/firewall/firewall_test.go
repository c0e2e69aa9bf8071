package firewall_test

import (
	"fmt"
	"strings"
	"testing"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

func serve(t *testing.T, config string) *httpdtest.Rig {
	t.Helper()
	return plugintest.Ask(t, plugintest.World(plugintest.Plugin("firewall", config))...)
}

// send sends a request whose header is written with | for line ends.
func send(g *httpdtest.Rig, line, header, body string) string {
	raw := line + " HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\nAccept: */*\r\n"
	for h := range strings.SplitSeq(header, "|") {
		if h != "" {
			raw += h + "\r\n"
		}
	}
	if body != "" && !strings.Contains(header, "chunked") {
		raw += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	return g.Send(raw + "\r\n" + body)
}

const agent = "User-Agent: Mozilla/5.0"

func TestRules(t *testing.T) {
	g := serve(t, `{"core_rules":false,"rules":[
		{"action":"allow","path":"/health"},
		{"action":"deny","addresses":["10.1.0.0/16","::ffff:10.2.0.1","2001:db8::/32"],"status":404},
		{"action":"deny","name":"no admin","path":"/admin/*","methods":["POST","DELETE"]},
		{"action":"allow","headers":{"X-Key":"s3cret"}},
		{"action":"deny","path":"~\\.(bak|old)$"},
		{"action":"deny","headers":{"x-debug":"*"},"query":{"trace":"~^[0-9]+$"}}]}`)
	for _, c := range []struct{ line, header, want, log string }{
		{"GET /", "", "200", ""},
		{"GET /", "Test-Client: 10.1.2.3", "404", "rule 2"},
		{"GET /", "Test-Client: 10.2.0.1", "404", "rule 2"},
		{"GET /", "Test-Client: 10.2.0.2", "200", ""},
		{"GET /", "Test-Client: 2001:db8::7", "404", "rule 2"},
		{"GET /health", "Test-Client: 10.1.2.3", "200", ""},
		{"GET /admin/x", "", "200", ""},
		{"POST /admin/x/y", "", "403", "no admin"},
		{"POST /%61dmin/../admin/x", "", "403", "no admin"},
		{"POST /admin", "", "200", ""},
		{"GET /a.bak", "", "403", "rule 5"},
		{"GET /a.bak", "X-Key: s3cret", "200", ""},
		{"GET /a.bak", "X-Key: wrong|X-Key: s3cret", "200", ""},
		{"GET /?trace=7", "", "200", ""},
		{"GET /?trace=7", "X-Debug: ", "403", "rule 6"},
		{"GET /?trace=a&tr%61ce=7", "X-DEBUG: on", "403", "rule 6"},
		{"GET /?trace=a", "X-Debug: on", "200", ""},
	} {
		got := httpdtest.Status(send(g, c.line, c.header, ""))
		if got != c.want {
			t.Errorf("%s %s: %s, want %s", c.line, c.header, got, c.want)
		}
		if c.log != "" {
			g.WantLog(`\[warn\] .*gateway: firewall: refused by ` + c.log)
		}
	}
}

func TestBots(t *testing.T) {
	g := serve(t, `{"core_rules":false,"bots":{"allow":["^sqlmap/good$"],"deny":["[Cc]rawl"]}}`)
	for agent, want := range map[string]string{
		"": "200", "Mozilla/5.0": "200", "a Crawler": "403", "sqlmap/1.8#stable": "403", "sqlmap/good": "200", "Mozilla/5.00 (Nikto/2.1.5)": "403",
		"Mozilla/5.0 (compatible; Googlebot/2.1)": "200",
	} {
		if got := httpdtest.Status(send(g, "GET /", "User-Agent: "+agent, "")); got != want {
			t.Errorf("%q: %s, want %s", agent, got, want)
		}
	}
	if got := httpdtest.Status(send(g, "GET /", "User-Agent: nice|User-Agent: masscan/1.3", "")); got != "403" {
		t.Errorf("a second User-Agent hides: %s", got)
	}
	g = serve(t, `{"core_rules":false,"bots":{"scanners":false,"deny":["x"]}}`)
	if got := httpdtest.Status(send(g, "GET /", "User-Agent: Nikto", "")); got != "200" {
		t.Errorf("scanners are not asked for: %s", got)
	}
}

const sqli = "id=1%27%20or%20%271%27=%271"

func chunked(s string) string { return fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(s), s) }

func TestCoreRules(t *testing.T) {
	form := agent + "|Content-Type: application/x-www-form-urlencoded"
	g := serve(t, `{}`)
	for _, c := range []struct{ line, header, body, want string }{
		{"GET /a?b=c", agent, "", "200"},
		{"DELETE /a", agent, "", "200"},
		{"TRACE /a", agent, "", "405"}, // the engine's
		{"PROPFIND /a", agent, "", `403 {"message":"Forbidden"}`},
		{"GET /?" + sqli, agent, "", `403 {"message":"Forbidden"}`},
		{"GET /?q=<script>alert(1)</script>", agent, "", `403 {"message":"Forbidden"}`},
		{"GET /?file=../../etc/passwd", agent, "", `403 {"message":"Forbidden"}`},
		{"POST /", form, "a=b", "200"},
		{"POST /", form, sqli, `403 {"message":"Forbidden"}`},
		{"POST /", form + "|Transfer-Encoding: chunked", chunked(sqli), `403 {"message":"Forbidden"}`},
		{"POST /", agent + "|Content-Type: application/json", `{"a":["x' or '1'='1"]}`, `403 {"message":"Forbidden"}`},
		{"POST /", agent + "|Content-Type: application/json", `{"a":"b"}`, "200"},
		{"POST /", agent + "|Content-Type: application/json", `{"a":`, `400 {"message":"Bad request"}`},
		{"POST /", agent + "|Content-Type: multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx' or '1'='1\r\n--b--\r\n", `403 {"message":"Forbidden"}`},
		{"GET /", agent + "|Cookie: a=<script>alert(1)</script>", "", `403 {"message":"Forbidden"}`},
	} {
		got := send(g, c.line, c.header, c.body)
		said := httpdtest.Status(got)
		if strings.Contains(c.want, " ") {
			said += " " + httpdtest.Body(got)
		}
		if said != c.want {
			t.Errorf("%s %s %s: %s, want %s", c.line, c.header, c.body, said, c.want)
		}
	}
	g.WantLog(`\[warn\] .*gateway: firewall: refused by 942100 \(SQL Injection Attack Detected via libinjection\), score [0-9]+,`)
}

// cheap is one rule in place of the core rules.
const cheap = `"core_rules":false,"directives_after":"SecRule ARGS \"@detectSQLi\" \"id:9,phase:2,deny\""}`

// What is answered, and what is not refused.
func TestSays(t *testing.T) {
	attack := "GET /?" + sqli
	for _, c := range []struct{ config, line, want string }{
		{`{"message":"no",` + cheap, attack, `403 {"message":"no"}`},
		{`{"status":406,` + cheap, attack, `406 {"message":"Forbidden"}`},
		{`{"status":404,"body":"<p>gone","content_type":"text/html",` + cheap, attack, "404 <p>gone"},
		{`{"inbound_threshold":500}`, attack, "200"},
		{`{"mode":"detect"}`, attack, "200"},
		{`{"mode":"off"}`, attack, "200"},
		{`{"core_rules":false}`, attack, "200"},
		{`{"exclusions":[{"tags":["attack-sqli"]}]}`, attack, "200"},
		{`{"exclusions":[{"ids":["942000-942999"],"targets":["ARGS:id","ARGS:other"]}]}`, attack, "200"},
		{`{"exclusions":[{"ids":["942000-942999"],"targets":["ARGS:other"]}]}`, attack, `403 {"message":"Forbidden"}`},
		{`{"exclusions":[{"ids":["942100"]}]}`, "GET /?q=<script>alert(1)</script>", `403 {"message":"Forbidden"}`},
		{`{"core_rules":false,"directives_after":"SecRule ARGS:go \"@streq away\" \"id:10,phase:1,redirect:https://x.test/,status:302\""}`, "GET /?go=away", "302 redirecting"},
		{`{"core_rules":false,"directives_after":"SecRule ARGS:go \"@streq away\" \"id:10,phase:1,deny,status:418,msg:'tea'\""}`, "GET /?go=away", `418 {"message":"Forbidden"}`},
		{`{"core_rules":false,"directives_after":"SecRule ARGS:go \"@streq away\" \"id:10,phase:2,drop\""}`, "GET /?go=away", ""},
		{`{"directives_before":"SecRule REQUEST_URI \"@beginsWith /free\" \"id:11,phase:1,pass,nolog,ctl:ruleEngine=Off\""}`, "GET /free?" + sqli, "200"},
	} {
		g := serve(t, c.config)
		got := send(g, c.line, agent, "")
		said := httpdtest.Status(got)
		if said != "" && said != "200" {
			said += " " + httpdtest.Body(got)
		}
		if said != c.want {
			t.Errorf("%s: %s, want %s", c.config, said, c.want)
		}
		if strings.Contains(c.config, `"mode":"detect"`) {
			g.WantLog(`\[warn\] .*gateway: firewall: would be refused by 942100`)
		}
	}
}

func TestRequestBodies(t *testing.T) {
	form := agent + "|Content-Type: application/x-www-form-urlencoded"
	long := "a=" + strings.Repeat("b", 40000)
	for _, c := range []struct{ config, header, body, want string }{
		{`{"request_body_limit":50000}`, form, long, "200"},
		{`{"request_body_limit":50000}`, form, long + "&" + sqli, "403"},
		{`{"request_body_limit":40002}`, form, long, "200"},
		{`{"request_body_limit":40001}`, form, long, "413"},
		{`{"request_body_limit":40001,"status":404}`, form + "|Transfer-Encoding: chunked", chunked(long), "413"},
		{`{"request_body_limit":40001,"mode":"detect"}`, form, long, "200"},
		{`{"request_body_limit":40001,"request_body_over":"pass"}`, form, long + "&" + sqli, "200"},
		{`{"request_body_limit":40001,"request_body_over":"pass"}`, form, sqli + "&" + long, "403"},
		{`{"request_body_limit":10,"request_body":false}`, form, sqli, "200"},
		{`{"request_body_limit":10,"directives_before":"SecRule REQUEST_URI \"@beginsWith /\" \"id:1,phase:1,pass,nolog,ctl:requestBodyAccess=Off\""}`, form, sqli, "200"},
		{`{"request_body_limit":10,"core_rules":false,"directives_after":"SecRule ARGS \"@streq x\" \"id:1,phase:2,deny\""}`, agent + "|Content-Type: image/png", long, "200"},
	} {
		config := c.config
		if !strings.Contains(config, "core_rules") {
			config = strings.TrimSuffix(config, "}") + "," + cheap
		}
		got := send(serve(t, config), "POST /", c.header, c.body)
		said := httpdtest.Status(got)
		if said != c.want {
			t.Errorf("%s %s, %d bytes: %s, want %s", config, c.header, len(c.body), said, c.want)
		}
	}
}

// leaky is a service that tells what it should not.
func leaky(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
	const leak = "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version\n"
	if _, ok := r.In.Get("Accept-Encoding"); ok {
		return r.SendText(500, "text/plain", "would compress")
	}
	switch r.URI {
	case "/leak":
		r.Out.Add("X-Of-Service", "1")
		return r.SendText(200, "text/html; charset=utf-8", leak)
	case "/image":
		return r.SendText(200, "image/png", leak)
	case "/packed":
		r.Out.Add("Content-Encoding", "gzip")
		return r.SendText(200, "text/html", leak)
	case "/late":
		return r.SendText(200, "text/html", strings.Repeat("x", 20000)+leak)
	}
	r.Out.Status, r.Out.ContentType, r.Out.ContentLength = 200, "text/html", 17<<20
	if res := r.SendHeader(); res != httpd.OK {
		return res
	}
	part := []byte(strings.Repeat("0123456789abcdef", 1<<12))
	for k := range 272 {
		text := part
		if r.URI == "/long-leak" && k == 0 {
			text = append([]byte(leak), part[len(leak):]...)
		}
		if r.WriteOne(httpd.Buf{B: text, Last: k == 271}) != nil {
			return httpd.Error
		}
	}
	return httpd.OK
}

func TestResponses(t *testing.T) {
	g := plugintest.ServeWith(t, leaky, plugintest.World(plugintest.Plugin("firewall", `{"responses":true,"response_body_limit":10000}`))...)
	for uri, want := range map[string]string{"/leak": "403", "/image": "200", "/packed": "200", "/late": "200", "/long": "200", "/long-leak": "403"} {
		got := send(g, "GET "+uri, agent+"|Accept-Encoding: gzip", "")
		if said := httpdtest.Status(got); said != want {
			t.Errorf("%s: %s, want %s\n%.300s", uri, said, want, got)
		}
		if want == "403" && (httpdtest.Header(got, "X-Of-Service") != "" || httpdtest.Body(got) != `{"message":"Forbidden"}`) {
			t.Errorf("%s: %.400s", uri, got)
		}
		if uri == "/long" && len(httpdtest.Body(got)) != 17<<20 {
			t.Errorf("%s: %d bytes", uri, len(httpdtest.Body(got)))
		}
	}
	g.WantLog(`refused by 951[0-9]+ `)
	g = plugintest.ServeWith(t, leaky, plugintest.World(plugintest.Plugin("firewall", `{"responses":true,"mode":"detect"}`))...)
	if got := send(g, "GET /leak", agent, ""); httpdtest.Status(got) != "200" || httpdtest.Header(got, "X-Of-Service") == "" {
		t.Errorf("detect: %s", got)
	}
	g.WantLog(`would be refused by 951[0-9]+ `)
}

func TestConfig(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:            "",
		`{"mode":"on"}`: "mode: expected one of: off, detect, block",
		`{"rules":[{"action":"deny","path":"x"}]}`:                                                              "path: should start with: /, * or ~",
		`{"rules":[{"action":"deny","path":"~("}]}`:                                                             "path: invalid regex",
		`{"rules":[{"action":"deny","addresses":["1.2.3.4/99"]}]}`:                                              "invalid ip or cidr range",
		`{"bots":{"deny":["("]}}`:                                                                               "invalid regex",
		`{"exclusions":[{"targets":["ARGS"]}]}`:                                                                 "at least one of these fields must be non-empty: 'ids', 'tags'",
		`{"exclusions":[{"ids":["1"],"targets":["ARGS:a\" x"]}]}`:                                               "invalid value: ARGS:a",
		`{"exclusions":[{"ids":["1"],"targets":["NOTHING:a"]}]}`:                                                "exclusions: invalid WAF config",
		`{"exclusions":[{"tags":["a\nInclude /etc/passwd"]}]}`:                                                  "invalid value: a",
		`{"allowed_methods":["GET'"]}`:                                                                          "invalid value: GET'",
		`{"message":"a","body":"b"}`:                                                                            "only one or none of these fields must be set",
		`{"directives_after":"SecRule ARGS \"@rx (\" \"id:1,phase:1,deny\""}`:                                   "directives_after: invalid WAF config",
		`{"directives_after":"SecRule ARGS \"@rx x\" \"phase:1,deny\"\nSecRule ARGS @rx"}`:                      "directives_after: invalid WAF config",
		`{"directives_before":"Include /etc/passwd"}`:                                                           `directives_before: line 1: "include" is not allowed here`,
		`{"directives_before":"# x\nSecDebugLog /tmp/x"}`:                                                       `directives_before: line 2: "secdebuglog" is not allowed here`,
		`{"directives_before":"SecAction \\\n\"id:1,phase:1,pass\"\nSecAuditLog /x"}`:                           `line 3: "secauditlog" is not allowed here`,
		`{"directives_before":"SecDataset a ` + "`" + `\nx\n` + "`" + `\nSecRemoteRules a https://x.test/"}`:    `line 4: "secremoterules" is not allowed here`,
		`{"directives_after":"SecRule FILES_TMPNAMES \\\n\"@insp\\\nectFile /bin/sh\" \"id:1,phase:2,deny\""}`:  "line 1: @inspectFile is not allowed here",
		`{"directives_after":"SecRule ARGS \"@rx x\" \\"}`:                                                      "the last line goes on",
		`{"directives_after":"SecRule REQUEST_BODY \"@validateSchema /a.json\" \"id:1,phase:2,deny\""}`:         "directives_after: invalid WAF config",
		`{"directives_after":"SecAction \"id:1,phase:1,pass,setvar:tx.a=` + strings.Repeat("x", 70000) + `\""}`: "line 1: it is too long",
	} {
		got := plugintest.Refused(plugintest.Plugin("firewall", config))
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%.200s: %q, want %q", config, got, want)
		}
	}
}
