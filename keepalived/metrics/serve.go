package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"moongate/keepalived/role"
)

// Server serves /metrics and /status.
type Server struct {
	http *http.Server
	addr string
	unix string
}

// Addr is where it listens.
func (s *Server) Addr() string { return s.addr }

// Collect asks the processes for their parts. Those that run are in running, also
// when they have not answered by the end of ctx.
type Collect func(ctx context.Context) (parts []Part, running []role.Name)

// patience is how long processes may take to answer.
const patience = 2 * time.Second

// Serve serves at an address: "IP:PORT", or "unix:PATH".
func Serve(listen string, collect Collect) (*Server, error) {
	network, addr := "tcp", listen
	path, unix := strings.CutPrefix(listen, "unix:")
	if unix {
		network, addr = "unix", path
		// A socket that was left behind is in the way; what is not a socket is not ours.
		if st, err := os.Lstat(path); err == nil && st.Mode()&fs.ModeSocket != 0 {
			os.Remove(path)
		}
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		return nil, err
	}
	s := &Server{addr: l.Addr().String(), http: &http.Server{
		Handler: handler(collect), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}}
	if unix {
		s.unix = path
	}
	go s.http.Serve(l)
	return s, nil
}

// Close ends it, with the requests that are under way.
func (s *Server) Close() error {
	err := s.http.Close()
	if s.unix != "" {
		if rerr := os.Remove(s.unix); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
			err = errors.Join(err, rerr)
		}
	}
	return err
}

func handler(collect Collect) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		parts, running := ask(r, collect)
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		var t text
		t.family("keepalived_up", gauge, "Whether the process of a role answers.")
		for _, name := range running {
			t.value(labels{"role", string(name)}, truth(answered(parts, name)))
		}
		for _, p := range parts {
			t.WriteString(p.Text)
		}
		w.Write([]byte(t.String()))
	})
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) {
		parts, running := ask(r, collect)
		out := map[role.Name]json.RawMessage{}
		for _, name := range running {
			out[name] = json.RawMessage("null") // it does not answer
		}
		for _, p := range parts {
			out[p.Role] = p.JSON
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(out)
	})
	return mux
}

func ask(r *http.Request, collect Collect) ([]Part, []role.Name) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	return collect(ctx)
}

func answered(parts []Part, name role.Name) bool {
	for _, p := range parts {
		if p.Role == name {
			return true
		}
	}
	return false
}
