package admin

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// console serves the dashboard's files. They are there compressed only: NAME.gz and NAME.br.
type console map[string]*consoleFile

type consoleFile struct {
	br, gz []byte
	kind   string
	etag   string
}

var consoleKinds = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
}

// consolePolicy lets the page load and ask only what is of this host, run no script that
// stands in a document, and be in nobody's frame.
const consolePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// Dashboard makes the hooks that serve a dashboard's files below /dashboard/.
func Dashboard(files fs.FS) ([]Hook, error) {
	c := console{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		name, packed := strings.CutSuffix(name, ".gz")
		if err != nil || d.IsDir() || !packed {
			return err
		}
		f := &consoleFile{kind: consoleKinds[path.Ext(name)]}
		if f.kind == "" {
			return fmt.Errorf("dashboard: what is %s?", name)
		}
		if f.gz, err = fs.ReadFile(files, name+".gz"); err != nil {
			return err
		}
		if f.br, err = fs.ReadFile(files, name+".br"); err != nil {
			return err
		}
		sum := sha256.Sum256(f.gz)
		f.etag = `"` + hex.EncodeToString(sum[:12]) + `"`
		c[name] = f
		return nil
	})
	if err == nil && c["index.html"] == nil {
		err = fmt.Errorf("dashboard: there is no index.html")
	}
	return []Hook{{dashboardPath, None, c}, {strings.TrimSuffix(dashboardPath, "/"), None, c}}, err
}

func (c console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Content-Security-Policy", consolePolicy)
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	name, below := strings.CutPrefix(r.URL.Path, dashboardPath)
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		head.Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
	case !below:
		http.Redirect(w, r, dashboardPath, http.StatusFound)
	case c[name] != nil:
		c.send(w, r, c[name], strings.HasPrefix(name, "assets/"))
	case path.Ext(name) != "" && consoleKinds[path.Ext(name)] != "":
		http.NotFound(w, r) // of another version, perhaps
	default:
		c.send(w, r, c["index.html"], false) // the page finds its way by the path
	}
}

// send sends a file in the best form that the client takes. Names of assets tell their
// content, so that those never change.
func (c console) send(w http.ResponseWriter, r *http.Request, f *consoleFile, forever bool) {
	head := w.Header()
	head.Set("Content-Type", f.kind)
	head.Set("Vary", "Accept-Encoding")
	head.Set("Cache-Control", "no-cache")
	if forever {
		head.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, tag := f.br, "-br"
	switch accepts := r.Header.Get("Accept-Encoding"); {
	case takes(accepts, "br"):
		head.Set("Content-Encoding", "br")
	case takes(accepts, "gzip"):
		body, tag = f.gz, "-gz"
		head.Set("Content-Encoding", "gzip")
	default:
		var err error
		if body, err = unpack(f.gz); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		tag = ""
	}
	tag = strings.TrimSuffix(f.etag, `"`) + tag + `"`
	head.Set("ETag", tag)
	if matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	head.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		w.Write(body) // a client that has gone away needs no answer
	}
}

// takes says whether a client takes a coding: RFC 9110, 12.5.3, without an order among those
// that it takes.
func takes(accepts, coding string) bool {
	for one := range strings.SplitSeq(accepts, ",") {
		name, weight, _ := strings.Cut(one, ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(weight)), "q=")
			n, err := strconv.ParseFloat(q, 64)
			return err != nil || n > 0
		}
	}
	return false
}

func unpack(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	_, err = out.ReadFrom(r)
	return out.Bytes(), err
}
