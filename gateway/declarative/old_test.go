package declarative

import (
	"strings"
	"testing"

	"moongate/gateway/entity"
)

// Files of Kong 1 and 2: what was an expression is one, as Kong 3 reads them.
func TestOldVersions(t *testing.T) {
	for _, version := range []string{`"1.1"`, `"2.1"`, "1.1", "2.1"} {
		s := replace(t, empty(), "_format_version: "+version+`
services:
- name: a
  host: h
  routes:
  - name: r
    paths: ["/plain/x-1.2_%7E", "/a(b)+$", "/x%61%2a[0-9]%2e", "~/known$"]
routes:
- name: alone
  paths: ["/\\d+"]
`).State
		for name, want := range map[string]string{"r": `/plain/x-1.2_~ ~/a(b)+$ ~/xa%2A[0-9]\. ~/known$`, "alone": `~/\d+`} {
			r, err := entity.Decode[entity.Route](s.Find("routes", name))
			if err != nil || strings.Join(r.Paths, " ") != want {
				t.Errorf("%s: %s %q, want %q %v", version, name, r.Paths, want, err)
			}
		}
	}
}
