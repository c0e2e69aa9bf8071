package httpd

import (
	"strings"
	"testing"
)

func TestErrorPages(t *testing.T) {
	g := run(t, `server { listen SOCK; server_name h;
		location = /page { say "page $status $request_uri $uri"; }
		location = /inner { internal; say "inner"; }
		location @named { say "named $uri $args"; }
		location /same { error_page 404 /page; }
		location /code { error_page 404 =403 /page; }
		location /own { error_page 404 = /page; }
		location /named { error_page 404 = @named; }
		location /nobody { error_page 404 @nobody; }
		location /args { error_page 404 /args2?x=y; }
		location = /args2 { say "$args"; }
		location /vars { error_page 404 /v$arg_to; }
		location = /v1 { say "v1 $args"; }
		location /out { error_page 404 =301 https://there/$uri; }
		location /out2 { error_page 404 =200 https://there/; }
		location /chain { error_page 404 /chain2; error_page 403 /page; }
		location = /chain2 { error_page 404 /page; }
		location /deep { recursive_error_pages on; error_page 404 /deep2; }
		location = /deep2 { recursive_error_pages on; error_page 404 = /page; }
		location /cycle { recursive_error_pages on; error_page 404 /cycle; }
		location /head { error_page 404 /page; }
		location /hidden { internal; }
		location /tokens { server_tokens off; }
		error_page 405 /page;
	}
	server { listen SOCK; server_name bare; location / { } }`, nil)
	for uri, want := range map[string]string{
		"/same?a": "404 page 404 /same?a /page", "/code": "403 page 403 /code /page", "/own": "200 page 000 /own /page",
		"/named?q=1": "200 named /named q=1", "/args?a": "404 x=y", "/vars?to=1": "404 v1 ",
		"/inner": "404 <html>", "/hidden": "404 <html>", "/nobody": "500 <html>",
		"/out/a": "301 Location: https://there//out/a", "/out2": "302 Location: https://there/",
		"/chain": "404 <html>", "/deep": "200 page 000 /deep /page", "/cycle": "500 <html>",
	} {
		got := g.ask("GET " + uri + " HTTP/1.0\r\nHost: h\r\n\r\n")
		code, text, _ := strings.Cut(want, " ")
		head, body, _ := strings.Cut(got, "\r\n\r\n")
		if !strings.HasPrefix(head, "HTTP/1.1 "+code+" ") || !strings.HasPrefix(body, text) && !strings.Contains(head, "\r\n"+text) {
			t.Errorf("%s: %s\nwant %s", uri, got, want)
		}
	}
	g.logged(`rewrite or internal redirection cycle while internally redirecting to "/cycle"`)
	g.logged(`could not find named location "@nobody"`)
	if got := g.ask("HEAD /head HTTP/1.0\r\nHost: h\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 404") || !strings.HasSuffix(got, "\r\n\r\n") {
		t.Error(got)
	}
	// An error page is fetched by GET; HTTP/0.9 has a body only.
	if got := g.ask("GET /same\r\n"); got != "page 404 /same /page" {
		t.Errorf("%q", got)
	}
	// A page for errors of the head itself.
	if got := g.ask("TRACE /x HTTP/1.1\r\nHost: h\r\n\r\n"); !strings.HasSuffix(got, "page 405 /x /page") {
		t.Error(got)
	}
	// Old browsers get padding.
	got := g.ask("GET / HTTP/1.0\r\nHost: bare\r\nUser-Agent: Mozilla/4.0 (compatible; MSIE 6.0)\r\n\r\n")
	if strings.Count(got, "<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n") != 6 || !strings.Contains(got, "Content-Length: 555") {
		t.Error(got)
	}
}

// What a redirect inside the server keeps and what it resets.
func TestInternalRedirect(t *testing.T) {
	key := NewSlot[string]()
	g := run(t, `server { listen SOCK; server_name h;
		location /from { handle from; }
		location /named { handle named; }
		location /to { handle to; }
		location @at { handle to; }
		location /sub { handle sub; }
		location /piece { say "<$uri:$args:$request_method>"; }
		location /keep { handle keep; add_x "$made"; }
		location /fill { say "$uri$uri$uri"; }
		location /missing { }
		location /post { client_max_body_size 4; handle to; }
		location /topost { handle topost; }
	}`, map[string]Handler{
		"from": func(r *Request) Result {
			s := "left"
			key.Put(r, &s)
			r.GzipVary, r.Relocated, r.AddURIToAlias = true, true, true
			return r.InternalRedirect("/to/x.html", "new=1")
		},
		"topost": func(r *Request) Result { return r.InternalRedirect("/post", "") },
		"named":  func(r *Request) Result { return r.NamedLocation("@at") },
		"to": func(r *Request) Result {
			if key.Get(r) != nil || r.GzipVary || r.Relocated || r.AddURIToAlias || !r.Internal {
				return 500
			}
			return r.SendText(200, "text/plain", r.Concat(r.URI, "?", r.Args, " ", r.Exten, " ", r.Main.UnparsedURI, " ", r.MethodName))
		},
		// A variable that a subrequest was the first to look at outlives it.
		"keep": func(r *Request) Result {
			if r.Parent != nil {
				r.LookupVar("made")
				return OK
			}
			for _, uri := range []string{"/keep", "/fill", "/fill"} {
				q, _ := r.Subrequest(Sub{URI: uri, Capture: func(*Request, []Buf) error { return nil }})
				q.Run()
				q.Free()
			}
			v, _, _ := r.LookupVar("made")
			return r.SendText(200, "", v)
		},
		"sub": func(r *Request) Result {
			r.Out.Status = 200
			if res := r.SendHeader(); res != OK {
				return res
			}
			for _, uri := range []string{"/piece/1", "/missing", "/piece/2"} {
				q, err := r.Subrequest(Sub{URI: uri, Args: "n"})
				if err != nil {
					return Error
				}
				q.Run()
				q.Free()
			}
			var caught []byte
			q, _ := r.Subrequest(Sub{URI: "/piece/3", Capture: func(_ *Request, in []Buf) error {
				for i := range in {
					caught = append(caught, in[i].B...)
				}
				return nil
			}})
			q.Run()
			q.Free()
			return r.result(r.Write(Buf{B: caught, Last: true}))
		},
	})
	if got := bodies(g.ask("GET /keep HTTP/1.0\r\n\r\n")); len(got) != 1 || got[0] != "200 made by /keep" {
		t.Error(got)
	}
	for uri, want := range map[string]string{
		"/from?old":  "/to/x.html?new=1 html /from?old POST",
		"/named.x?a": "/named.x?a x /named.x?a POST",
	} {
		if got := bodies(g.ask("POST " + uri + " HTTP/1.0\r\nHost: h\r\n\r\n")); len(got) != 1 || got[0] != "200 "+want {
			t.Errorf("%s: %q", uri, got)
		}
	}
	got := bodies(g.ask("POST /sub HTTP/1.0\r\nHost: h\r\n\r\n"))
	want := "</piece/1:n:POST>" + errorPages[tokensOn].Body(404, false) + "</piece/2:n:POST></piece/3::POST>"
	if len(got) != 1 || got[0] != "200 "+want {
		t.Errorf("%q", got)
	}
	if got := bodies(g.ask(post("/topost", "12345", "Connection: close\r\n"))); got[0][:3] != "413" {
		t.Error(got)
	}
}
