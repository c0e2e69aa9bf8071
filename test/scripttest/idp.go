package scripttest

import (
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
	"moongate/test/idp"
)

// provider: idp NAME starts an OpenID provider on ${port:NAME}, for clients that come back to
// ${port:main}. idp NAME stop ends it. idp NAME soon SECONDS: the next access token ends so
// soon. idp NAME asked PATH N: it was asked so often.
func (w *world) provider(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "idp NAME [stop | soon SECONDS | asked PATH N]")
	p := w.idps[args[0]]
	if len(args) == 1 {
		main := "http://127.0.0.1:" + ts.Getenv("port:main")
		p, err := idp.Start("127.0.0.1:"+ts.Getenv("port:"+args[0]), []string{main + "/back", main + "/"}, []string{main + "/bye"})
		ts.Check(err)
		if w.idps == nil {
			w.idps = map[string]*idp.Provider{}
		}
		w.idps[args[0]] = p
		return
	}
	if p == nil {
		ts.Fatalf("there is no provider %s", args[0])
	}
	switch {
	case args[1] == "stop":
		p.Down()
		delete(w.idps, args[0])
	case args[1] == "soon" && len(args) == 3:
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		once := true
		p.Edit(func(path string, answer map[string]any) {
			if path == "/oauth/token" && once {
				answer["expires_in"], once = n, false
			}
		})
	case args[1] == "asked" && len(args) == 4:
		if got := strconv.Itoa(p.Asked(args[2])); got != args[3] {
			ts.Fatalf("%s was asked for %s %s times, want %s", args[0], args[2], got, args[3])
		}
	default:
		ts.Fatalf("usage: idp NAME [stop | soon SECONDS | asked PATH N]")
	}
}
