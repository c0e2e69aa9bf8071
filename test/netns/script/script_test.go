package script

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"moongate/edge/sys/netns"
	"moongate/test/scripttest"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	code := m.Run()
	scripttest.Clean()
	os.Exit(code)
}

func TestScripts(t *testing.T) {
	space, err := netns.New()
	if err != nil {
		t.Skipf("network namespaces can't be made here: %v", err)
	}
	space.Close()
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("ip of iproute2 is not installed")
	}
	program, oracle := scripttest.Program(t, "keepalived")
	files, err := filepath.Glob("*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(file, ".txtar"), func(t *testing.T) {
			w := &world{t: t, program: program, server: filepath.Join(filepath.Dir(program), "nginx"), oracle: oracle, nodes: map[string]*node{}}
			testscript.RunT(sub{t}, testscript.Params{
				Files: []string{file}, RequireUniqueNames: true, Cmds: w.verbs(), Condition: w.condition,
				Setup: func(e *testscript.Env) error {
					w.dir = e.WorkDir
					e.Setenv("PATH", filepath.Dir(program)+string(filepath.ListSeparator)+e.Getenv("PATH"))
					e.Defer(w.end)
					return w.fill()
				},
			})
		})
	}
}

// sub makes the subtest that has the script's name already stand for testscript's.
type sub struct{ *testing.T }

func (s sub) Run(_ string, f func(testscript.T)) { f(s) }
func (s sub) Verbose() bool                      { return testing.Verbose() }
