package gateway

import (
	"regexp"
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
)

// classed are four classes, routes for some, and one for all others, each to a service of
// its own. Partners are known by their key.
var classed = []string{
	`services {"id":"00000000-0000-4000-8000-000000000001","name":"all","url":"http://s.test/all"}`,
	`services {"id":"00000000-0000-4000-8000-000000000002","name":"phones","url":"http://s.test/phones"}`,
	`services {"id":"00000000-0000-4000-8000-000000000003","name":"partners","url":"http://s.test/partners"}`,
	`services {"id":"00000000-0000-4000-8000-000000000004","name":"webonly","url":"http://s.test/webonly"}`,
	`client_classes {"name":"ios","match":{"headers":{"X-Client":["ios"]},"clients":["ios"]}}`,
	`client_classes {"name":"web","priority":10,"match":{"clients":["web"]}}`,
	`client_classes {"name":"new-ios","priority":20,"match":{"mode":"all","headers":{"X-Client":["ios"]},"versions":[">=3"]}}`,
	`client_classes {"name":"partner","priority":30,"match":{"consumers":["acme"],"groups":["partners"]}}`,
	`consumers {"id":"00000000-0000-4000-8000-0000000000a1","username":"acme"}`,
	`consumers {"id":"00000000-0000-4000-8000-0000000000b1","username":"member"}`,
	`consumers {"id":"00000000-0000-4000-8000-0000000000c1","username":"alice"}`,
	`acls {"group":"partners","consumer":{"id":"00000000-0000-4000-8000-0000000000b1"}}`,
	`keyauth_credentials {"key":"ka","consumer":{"id":"00000000-0000-4000-8000-0000000000a1"}}`,
	`keyauth_credentials {"key":"km","consumer":{"id":"00000000-0000-4000-8000-0000000000b1"}}`,
	`keyauth_credentials {"key":"kc","consumer":{"id":"00000000-0000-4000-8000-0000000000c1"}}`,
	`routes {"name":"all","paths":["/"],"service":{"id":"00000000-0000-4000-8000-000000000001"}}`,
	`routes {"name":"phones","paths":["/"],"client_classes":["ios","new-ios"],"service":{"id":"00000000-0000-4000-8000-000000000002"}}`,
	`routes {"name":"partners","paths":["/p"],"client_classes":["partner"],"service":{"id":"00000000-0000-4000-8000-000000000003"}}`,
	`routes {"name":"webonly","paths":["/web"],"client_classes":["web"],"service":{"id":"00000000-0000-4000-8000-000000000004"}}`,
	`plugins {"name":"key-auth","config":{"anonymous":"alice","hide_credentials":true}}`,
}

var gotClass = regexp.MustCompile(`X-Gateway-Client-Class: ([^|]*)`)

func TestClasses(t *testing.T) {
	g := engine().With(documents(t, classed...)).Serve(t, gatewayConf)
	const safari = "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 Safari"
	for _, c := range []struct{ path, headers, class, route string }{
		{"/", "", "", "all"},
		{"/", "X-Client: ios\r\n", "ios", "phones"},
		{"/", "X-Client: IOS\r\nX-App-Version: 3.1\r\n", "new-ios", "phones"},
		{"/", "X-Client: ios\r\nX-App-Version: 2.9\r\n", "ios", "phones"},
		{"/", "User-Agent: Shop/1 (iPhone)\r\n", "ios", "phones"},
		{"/", safari + "\r\n", "web", "all"}, // an iPhone too, but web goes first
		{"/web", safari + "\r\n", "web", "webonly"},
		{"/p/x", "X-Client: ios\r\n", "ios", "phones"},
		{"/p/x", "apikey: ka\r\n", "partner", "partners"},
		{"/p/x", "apikey: km\r\nX-Client: ios\r\n", "partner", "partners"},
		{"/p/x", "apikey: kc\r\nX-Client: ios\r\n", "ios", "phones"},
		{"/", "apikey: ka\r\nX-Client: ios\r\n", "partner", "all"},
		{"/", "X-Gateway-Client-Class: partner\r\n", "", "all"}, // nobody says so himself
	} {
		got := g.Send("GET " + c.path + " HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n" + c.headers + "\r\n")
		if httpdtest.Status(got) != "200" || !strings.HasPrefix(httpdtest.Body(got), "/"+c.route) {
			t.Errorf("%s %s: %q\n%s", c.path, c.headers, got, g.Log())
		}
		told := ""
		if m := gotClass.FindStringSubmatch(httpdtest.Body(got)); m != nil {
			told = m[1]
		}
		if told != c.class {
			t.Errorf("%s %s: the service is told %q", c.path, c.headers, told)
		}
	}
}
