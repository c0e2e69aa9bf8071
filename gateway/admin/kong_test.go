package admin

import (
	"strings"
	"testing"
)

const (
	sid = "10000000-0000-4000-8000-000000000001"
	rid = "10000000-0000-4000-8000-000000000002"
	uid = "10000000-0000-4000-8000-000000000003"
	tid = "10000000-0000-4000-8000-000000000004"
	cid = "10000000-0000-4000-8000-000000000005"
	pid = "10000000-0000-4000-8000-000000000006"
	kid = "10000000-0000-4000-8000-000000000007"
	xid = "10000000-0000-4000-8000-00000000000f"
)

const serviceA = `{"id":"` + sid + `","name":"a","host":"h","port":80,"protocol":"http","path":null,"retries":5,
	"connect_timeout":60000,"read_timeout":60000,"write_timeout":60000,"tags":null,"client_certificate":null,"tls_verify":null,
	"tls_verify_depth":null,"ca_certificates":null,"enabled":true,"created_at":1700000000,"updated_at":1700000000}`

const routeR = `{"id":"` + rid + `","name":"r","protocols":["http"],"methods":null,"hosts":null,"paths":["/a","/b"],"headers":null,
	"queries":null,"cookies":null,"https_redirect_status_code":426,"regex_priority":0,"priority":0,"strip_path":true,"path_handling":"v0",
	"preserve_host":false,"request_buffering":true,"response_buffering":true,"snis":null,"sources":null,"client_classes":null,"destinations":null,
	"service":{"id":"` + sid + `"},"tags":["x","y"],"created_at":1700000000,"updated_at":1700000000}`

const consumerC = `{"id":"` + cid + `","username":"u","custom_id":null,"tags":null,"created_at":1700000000,"updated_at":1700000000}`

const keyK = `{"id":"` + kid + `","key":"secret","ttl":null,"consumer":{"id":"` + cid + `"},"tags":null,"created_at":1700000000,"updated_at":1700000000}`

const pluginP = `{"id":"` + pid + `","name":"rate-limiting","instance_name":null,"config":{"minute":5,"names":["a"]},"service":{"id":"` + sid + `"},
	"route":null,"consumer":null,"protocols":["grpc","grpcs","http","https"],"enabled":true,"tags":null,"created_at":1700000000,"updated_at":1700000000}`

const targetT = `{"id":"` + tid + `","target":"1.2.3.4:8000","weight":100,"version":null,"upstream":{"id":"` + uid + `"},"tags":null,
	"created_at":1700000000,"updated_at":1700000000}`

func entityList(entities ...string) string {
	return `{"data":[` + strings.Join(entities, ",") + `],"next":null}`
}

// The table is one conversation: each line sees what those above have done.
func TestKong(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		request string // METHOD path body
		status  int
		body    string
	}{
		{`GET /services`, 200, `{"data":[],"next":null}`},
		{`POST /services id=` + sid + `&name=a&url=http://h`, 201, serviceA},
		{`GET /services/a`, 200, serviceA},
		{`GET /services/a/`, 200, serviceA},
		{`GET /services/` + strings.ToUpper(sid), 200, serviceA},
		{`GET /services/nobody`, 404, `{"message":"Not found"}`},
		{`GET /services/` + xid, 404, `{"message":"Not found"}`},
		{`GET /nothing`, 404, `{"message":"Not found"}`},
		{`GET /services/a/nothing`, 404, `{"message":"Not found"}`},
		{`GET /services/a/routes/b/c`, 404, `{"message":"Not found"}`},
		{`DELETE /services`, 405, `{"message":"Method not allowed"}`},
		{`POST /services/a {}`, 405, `{"message":"Method not allowed"}`},
		{`POST /services {`, 400, `{"message":"Cannot parse JSON body"}`},
		{`POST /services []`, 400, `{"message":"Cannot parse JSON body"}`},
		{`POST /services {"name":"a","host":"h"}`, 409, `{"code":5,"name":"unique constraint violation","message":"UNIQUE violation detected on '{name=\"a\"}'",
			"fields":{"name":"a"},"faults":[{"pointer":"/name","message":"is taken"}]}`},
		{`POST /services {"id":"` + sid + `","host":"h"}`, 400, `{"code":3,"name":"primary key violation","message":"primary key violation on key '{id=\"` + sid + `\"}'","fields":{"id":"` + sid + `"}}`},
		{`POST /services {"name":"b","port":"80"}`, 400, `{"code":2,"name":"schema violation","message":"2 schema violations (host: required field missing; port: expected an integer)",
			"fields":{"host":"required field missing","port":"expected an integer"},
			"faults":[{"pointer":"/host","message":"required field missing"},{"pointer":"/port","message":"expected an integer","hint":"write 80 without quotes"}]}`},
		{`POST /services name=b&host=h&port=99999`, 400, `{"code":2,"name":"schema violation","message":"schema violation (port: value should be between 0 and 65535)",
			"fields":{"port":"value should be between 0 and 65535"},"faults":[{"pointer":"/port","message":"value should be between 0 and 65535"}]}`},
		{`PATCH /services/a {"retries":6}`, 200, strings.Replace(serviceA, `"retries":5`, `"retries":6`, 1)},
		{`PUT /services/a {"id":"` + xid + `","host":"h"}`, 200, serviceA},
		{`PATCH /services/nobody {"retries":6}`, 404, `{"code":6,"name":"not found","message":"could not find the entity with '{name=\"nobody\"}'","fields":{"name":"nobody"}}`},

		{`POST /services/a/routes id=` + rid + `&name=r&paths[]=/a&paths[]=/b&protocols=http&tags[2]=y&tags[1]=x`, 201, routeR},
		{`GET /routes/r`, 200, routeR},
		{`GET /services/a/routes`, 200, entityList(routeR)},
		{`GET /services/a/routes/r`, 200, routeR},
		{`GET /services/nobody/routes`, 404, `{"message":"Not found"}`},
		{`POST /services/nobody/routes {"paths":["/"]}`, 404, `{"message":"Not found"}`},
		{`GET /routes/r/service`, 200, serviceA},
		{`DELETE /routes/r/service`, 405, `{"message":"Method not allowed"}`},
		{`PATCH /routes/r/service {"retries":7}`, 200, strings.Replace(serviceA, `"retries":5`, `"retries":7`, 1)},
		{`PUT /routes/r/service {"name":"a","host":"h"}`, 200, serviceA},
		{`GET /routes?tags=x,y`, 200, entityList(routeR)},
		{`GET /routes?tags=x,z`, 200, entityList()},
		{`GET /routes?tags=x/z`, 200, entityList(routeR)},
		{`GET /routes?tags=x,y/z`, 400, `{"code":11,"name":"invalid options","message":"invalid option (tags: invalid filter syntax)","fields":{"tags":"invalid filter syntax"}}`},
		{`GET /routes?size=x`, 400, `{"code":9,"name":"invalid size","message":"size must be a number"}`},
		{`GET /routes?size=1001`, 400, `{"code":9,"name":"invalid size","message":"size must be an integer between 1 and 1000"}`},
		{`GET /routes?size=0`, 400, `{"code":9,"name":"invalid size","message":"size must be an integer between 1 and 1000"}`},
		{`GET /routes?offset=x`, 400, `{"code":7,"name":"invalid offset","message":"'x' is not a valid offset: bad base64 encoding"}`},
		{`GET /tags`, 200, `{"data":[{"entity_name":"routes","entity_id":"` + rid + `","tag":"x"},{"entity_name":"routes","entity_id":"` + rid + `","tag":"y"}],"next":null}`},
		{`GET /tags/y`, 200, `{"data":[{"entity_name":"routes","entity_id":"` + rid + `","tag":"y"}],"next":null}`},
		{`DELETE /services/a`, 400, `{"code":4,"name":"foreign key violation","message":"an existing 'routes' entity references this 'services' entity",
			"fields":{"@referenced_by":"routes"},"faults":[{"pointer":"","message":"an existing 'routes' entity references this 'services' entity","hint":"delete routes ` + rid + ` before"}]}`},
		{`POST /routes {"paths":["/"],"service":{"id":"` + xid + `"}}`, 400, `{"code":4,"name":"foreign key violation",
			"message":"the foreign key '{id=\"` + xid + `\"}' does not reference an existing 'services' entity.","fields":{"service":{"id":"` + xid + `"}},
			"faults":[{"pointer":"/service","message":"there is no such entity in services"}]}`},

		{`POST /services/a/plugins id=` + pid + `&name=rate-limiting&config.minute=5&config.names=a`, 201, pluginP},
		{`GET /plugins`, 200, entityList(pluginP)},
		{`GET /services/a/plugins/` + pid, 200, pluginP},
		{`GET /routes/r/plugins/` + pid, 404, `{"message":"Not found"}`},
		{`PATCH /plugins/` + pid + ` config.minute=6`, 200, strings.Replace(pluginP, `"minute":5`, `"minute":6`, 1)},
		{`PATCH /services/a/plugins/` + pid + ` {"config":{"minute":5}}`, 200, pluginP},
		{`POST /plugins {"name":"nothing"}`, 400, `{"code":2,"name":"schema violation",
			"message":"schema violation (name: plugin 'nothing' not enabled; add it to the 'plugins' configuration property)",
			"fields":{"name":"plugin 'nothing' not enabled; add it to the 'plugins' configuration property"},
			"faults":[{"pointer":"/name","message":"plugin 'nothing' not enabled; add it to the 'plugins' configuration property",
				"hint":"there are those of GET /plugins/enabled; one in Lua has to be named by lua_plugins, and moongate gateway knows it by -c nginx.conf"}]}`},
		{`GET /plugins/enabled`, 200, `{"enabled_plugins":["forward-auth","rate-limiting"]}`},
		{`GET /plugins/` + pid + `/service`, 200, serviceA},
		{`GET /plugins/` + pid + `/route`, 404, `{"message":"Not found"}`},

		{`PUT /consumers/u {"id":"` + cid + `"}`, 200, ""},
		{`DELETE /consumers/u`, 204, ""},
		{`PUT /consumers/` + cid + ` username=u`, 200, consumerC},
		{`PUT /consumers/u/key-auth/` + kid + ` key=secret`, 200, keyK},
		{`GET /consumers?custom_id=7`, 200, entityList()},
		{`PATCH /consumers/u custom_id=7`, 200, strings.Replace(consumerC, `"custom_id":null`, `"custom_id":"7"`, 1)},
		{`GET /consumers?custom_id=7`, 200, entityList(strings.Replace(consumerC, `"custom_id":null`, `"custom_id":"7"`, 1))},
		{`GET /consumers/u/key-auth`, 200, entityList(keyK)},
		{`GET /consumers/u/key-auth/secret`, 200, keyK},
		{`GET /key-auths`, 200, entityList(keyK)},
		{`GET /key-auths/secret/consumer`, 200, strings.Replace(consumerC, `"custom_id":null`, `"custom_id":"7"`, 1)},
		{`DELETE /consumers/u/key-auth/` + kid, 204, ""},
		{`DELETE /consumers/u/key-auth/` + kid, 404, `{"message":"Not found"}`},
		{`DELETE /key-auths/` + kid, 204, ""},

		{`PUT /upstreams/` + uid + ` name=up`, 200, ""},
		{`PUT /upstreams/up/targets/` + tid + ` target=1.2.3.4`, 200, targetT},
		{`GET /upstreams/up/targets`, 200, entityList(targetT)},
		{`GET /upstreams/up/targets/all`, 200, entityList(targetT)},
		{`GET /upstreams/up/targets/1.2.3.4:8000`, 200, targetT},
		{`PATCH /upstreams/up/targets/1.2.3.4 weight=0`, 200, strings.Replace(targetT, `"weight":100`, `"weight":0`, 1)},
		{`PATCH /upstreams/up/targets/1.2.3.4 weight=100`, 200, targetT},
		{`GET /upstreams/up/health`, 200, `{"data":[` + strings.TrimSuffix(targetT, "}") + `,"health":"HEALTHCHECKS_OFF",
			"data":{"addresses":[],"nodeWeight":100,"weight":{"total":0,"available":0,"unavailable":0}}}],"next":null,"node_id":"0a0b0c0d-0000-4000-8000-000000000000"}`},
		{`GET /upstreams/up/health?balancer_health=1`, 200, `{"data":{"id":"` + uid + `","health":"HEALTHCHECKS_OFF"},"next":null,"node_id":"0a0b0c0d-0000-4000-8000-000000000000"}`},
		{`GET /upstreams/nobody/health`, 404, `{"message":"Not found"}`},
		{`PUT /upstreams/up/targets/1.2.3.4/healthy`, 503, `{"message":"no worker is there to be told"}`},
		{`PUT /upstreams/up/targets/5.6.7.8/healthy`, 404, `{"message":"Not found"}`},
		{`PUT /ca_certificates/foo {}`, 400, `{"code":1,"name":"invalid primary key","message":"invalid primary key: '{id=\"foo\"}'","fields":{"id":"expected a valid UUID"}}`},

		{`GET /schemas/nothing`, 404, `{"message":"No entity named 'nothing'"}`},
		{`GET /schemas/plugins/nothing`, 404, `{"message":"No plugin named 'nothing'"}`},
		{`GET /schemas/plugins/rate-limiting`, 200, `{"entity_checks":[],"fields":[{"protocols":{"type":"set","required":true,
			"default":["grpc","grpcs","http","https"],"description":"For which protocols it works.",
			"elements":{"type":"string","one_of":["grpc","grpcs","http","https","tcp","tls","tls_passthrough","udp"]}}},{"config":{"type":"record","required":true,"fields":[
			{"minute":{"type":"integer","between":[1,1000]}},{"names":{"type":"set","elements":{"type":"string"}}}]}}]}`},
		{`GET /schemas/consumers`, 200, ""},
		{`GET /schemas/tags`, 200, `{"entity_checks":[],"fields":[{"tag":{"type":"string","required":true}},
			{"entity_name":{"type":"string","required":true}},{"entity_id":{"type":"string","required":true}}]}`},
		{`POST /schemas/nothing/validate {}`, 404, `{"message":"No entity named 'nothing'"}`},
		{`POST /schemas/services/validate {"host":"h"}`, 200, `{"message":"schema validation successful"}`},
		{`POST /schemas/routes/validate {"paths":["/"],"service":{"id":"` + xid + `"}}`, 200, `{"message":"schema validation successful"}`},
		{`POST /schemas/keyauth_credentials/validate {"consumer":{"id":"` + xid + `"}}`, 200, `{"message":"schema validation successful"}`},
		{`POST /schemas/plugins/validate {"name":"rate-limiting","config":{"minute":0}}`, 400, `{"code":2,"name":"schema violation",
			"message":"schema violation (config.minute: value should be between 1 and 1000)","fields":{"config":{"minute":"value should be between 1 and 1000"}},
			"faults":[{"pointer":"/config/minute","message":"value should be between 1 and 1000"}]}`},
		{`GET /status`, 200, `{"database":{"reachable":true},"server":{"connections_active":3,"connections_accepted":0,"connections_handled":0,"connections_reading":0,
			"connections_writing":0,"connections_waiting":0,"total_requests":7},"memory":{"workers_lua_vms":[],"lua_shared_dicts":{}},"moongate":{"revision":19,"workers":2}}`},
		{`GET /status/ready`, 200, `{"message":"ready"}`},
		{`DELETE /routes/r`, 204, ""},
		{`DELETE /services/a`, 204, ""},
		{`DELETE /services/a`, 204, ""},
		{`GET /plugins`, 200, entityList()},
	} {
		method, rest, _ := strings.Cut(c.request, " ")
		path, body, _ := strings.Cut(rest, " ")
		rec := w.send(Admin, method, path, body)
		if rec.Code != c.status {
			t.Errorf("%s: %d, want %d: %s", c.request, rec.Code, c.status, rec.Body)
			continue
		}
		if c.body != "" || c.status == 204 {
			equal(t, c.request, rec.Body.String(), c.body)
		}
	}
	if s := w.logged.text(); s != "" {
		t.Errorf("logged: %s", s)
	}
}

func TestHeaders(t *testing.T) {
	w := newWorld(t)
	rec := w.send(Viewer, "GET", "/services", "")
	for name, want := range map[string]string{
		"Content-Type": "application/json; charset=utf-8", "Server": "moongate/1.0", "X-Kong-Admin-Latency": "0",
		"Content-Length": "23", "Access-Control-Allow-Origin": "",
	} {
		if got := rec.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if rec = w.send(Viewer, "HEAD", "/services", ""); rec.Code != 200 || rec.Body.Len() != 0 || rec.Header().Get("Content-Length") != "23" {
		t.Errorf("HEAD: %d %q %v", rec.Code, rec.Body, rec.Header())
	}
	for path, want := range map[string]string{
		"/services": "GET, HEAD, OPTIONS, POST", "/services/a": "DELETE, GET, HEAD, OPTIONS, PATCH, PUT",
		"/routes/a/service": "GET, HEAD, OPTIONS, PATCH, PUT", "/status": "GET, HEAD, OPTIONS",
	} {
		if rec = w.send(None, "OPTIONS", path, "", "Origin", "https://dashboard.example"); rec.Code != 204 || rec.Header().Get("Allow") != want {
			t.Errorf("%s: %d %q", path, rec.Code, rec.Header().Get("Allow"))
		}
		if got := rec.Header().Get("Access-Control-Allow-Origin"); got != "https://dashboard.example" {
			t.Errorf("%s: origin %q", path, got)
		}
	}
	if rec = w.send(Viewer, "DELETE", "/status", ""); rec.Code != 403 {
		t.Errorf("%d", rec.Code)
	}
	if rec = w.send(Operator, "DELETE", "/status", ""); rec.Code != 405 || rec.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
}

func TestContentTypes(t *testing.T) {
	w := newWorld(t)
	multipart := "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nm\r\n--x\r\nContent-Disposition: form-data; name=\"host\"\r\n\r\nh\r\n--x--\r\n"
	for _, c := range []struct {
		kind, body string
		status     int
	}{
		{"text/plain", "x", 415}, {"application/yaml", "name: a", 415}, {"", "x", 415}, {"/", "x", 415},
		{"multipart/form-data", multipart, 400}, {"multipart/form-data; boundary=y", multipart, 400},
		{"multipart/form-data; boundary=x", multipart, 201},
		{"application/json; charset=utf-8", `{"name":"j","host":"h"}`, 201},
		{"application/json", "", 400},
		{"application/x-www-form-urlencoded", "name=%zz", 400},
	} {
		rec := w.send(Admin, "POST", "/services", c.body, "Content-Type", c.kind)
		if c.kind == "" {
			rec = w.sendTypes("POST", "/services", c.body)
		}
		if rec.Code != c.status {
			t.Errorf("%q %q: %d, want %d: %s", c.kind, c.body, rec.Code, c.status, rec.Body)
		}
	}
	if rec := w.sendTypes("POST", "/services", "{}", "application/json", "text/plain"); rec.Code != 400 || !strings.Contains(rec.Body.String(), "Multiple Content-Type") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.sendTypes("POST", "/services", ""); rec.Code != 400 || !strings.Contains(rec.Body.String(), "host: required field missing") {
		t.Errorf("without a body: %d %s", rec.Code, rec.Body)
	}
}

func TestRoot(t *testing.T) {
	w := newWorld(t)
	w.must(201, "POST", "/plugins", `{"name":"rate-limiting"}`)
	root := w.must(200, "GET", "/", "")
	conf := root["configuration"].(map[string]any)
	plugins := root["plugins"].(map[string]any)
	if root["version"] != "3.9.1" || conf["database"] != "postgres" || plugins["available_on_server"].(map[string]any)["forward-auth"] == nil ||
		plugins["enabled_in_cluster"].([]any)[0] != "rate-limiting" || root["moongate"].(map[string]any)["version"] != "1.0" ||
		root["moongate"].(map[string]any)["nginx"] != "1.31" {
		t.Errorf("%v", root)
	}
	if ports := conf["proxy_listeners"].([]any); len(ports) != 1 || ports[0].(map[string]any)["port"] != 8000.0 || conf["stream_listeners"] == nil {
		t.Errorf("%v", conf)
	}
	list := w.must(200, "GET", "/endpoints", "")["data"].([]any)
	known := map[any]bool{}
	for _, e := range list {
		known[e] = true
	}
	for _, e := range []string{"/", "/services", "/services/{services}/routes/{routes}", "/routes/{routes}/service", "/consumers/{consumers}/key-auth", "/events"} {
		if !known[e] {
			t.Errorf("%s is not among the %d endpoints", e, len(list))
		}
	}
}
