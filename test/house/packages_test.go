package house

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const module = "moongate"

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath, Dir, Doc, Name               string
	Imports, TestImports, XTestImports, Deps []string
	CgoFiles, GoFiles                        []string
	Standard                                 bool
	Module                                   *struct{ Path string }
}

// inner is the path below the module: "engine/httpd".
func (p *pkg) inner() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

var loaded = sync.OnceValues(func() ([]*pkg, error) {
	cmd := exec.Command("go", "list", "-e", "-tags", "netgo,osusergo", "-json", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var all []*pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		p := new(pkg)
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
})

func packages(t *testing.T) []*pkg {
	t.Helper()
	all, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// files calls f for each file of the tree that is ours and not built or ignored.
func files(t *testing.T, f func(path string)) {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Skip("not a git checkout: the list of files is unknown")
	}
	for _, path := range strings.Fields(string(out)) {
		if _, err := os.Stat(filepath.Join("../..", path)); err == nil {
			f(path)
		}
	}
}

func below(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }
