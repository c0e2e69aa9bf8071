package config_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"moongate/keepalived/config"
)

// The files of testdata/check hold small configurations, most of them broken,
// each with what keepalived -t of version 2.2.7 writes, and exits with:
//
//	===
//	vrrp_instance A {
//	...
//	>>> 5
//	(k.conf: Line 6) ...
//	>>> ours 0
//
// The last part is there where we answer differently: the keyword is newer than
// 2.2.7, or the real one is wrong.
//
//	ORACLE=keepalived go test ./keepalived/config -run Oracle [-update]
//
// asks the real one, and writes its answers down; it needs root, for a network
// namespace with eth0 and eth1 in it.
var update = flag.Bool("update", false, "write the answers of the real keepalived, and ours where they differ, into testdata/check")

type answer struct {
	code int
	text string
}

func (a answer) String() string { return fmt.Sprintf("%d\n%s", a.code, a.text) }

type question struct {
	text string
	real answer
	ours *answer
}

// questions reads a file of them.
func questions(t *testing.T, name string) (list []question) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var q *question
	var at *string
	for i, line := range strings.SplitAfter(string(b), "\n") {
		mark, isMark := strings.CutPrefix(line, ">>> ")
		switch {
		case line == "===\n":
			list = append(list, question{})
			q = &list[len(list)-1]
			at = &q.text
		case isMark && q != nil:
			word := strings.TrimSpace(mark)
			a := &q.real
			if rest, is := strings.CutPrefix(word, "ours "); is {
				q.ours = &answer{}
				a, word = q.ours, rest
			}
			if a.code, err = strconv.Atoi(word); err != nil {
				t.Fatalf("%s:%d: %v", name, i+1, err)
			}
			at = &a.text
		case at != nil:
			*at += line
		}
	}
	return list
}

func files(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("testdata/check/*.txt")
	if err != nil || len(list) == 0 {
		t.Fatalf("no files of questions: %v", err)
	}
	return list
}

// answered is what we say to a configuration.
func answered(t testing.TB, text string) answer {
	_, list := load(t, text)
	return answer{config.ExitCode(list), shown(list)}
}

func TestAnswers(t *testing.T) {
	n := 0
	for _, name := range files(t) {
		for _, q := range questions(t, name) {
			n++
			want := q.real
			if q.ours != nil {
				want = *q.ours
			}
			if got := answered(t, q.text); got != want {
				t.Errorf("%s\n%sours: %sreal: %s", name, q.text, got, want)
			}
		}
	}
	t.Logf("%d configurations", n)
}

func TestOracle(t *testing.T) {
	if os.Getenv("ORACLE") != "keepalived" {
		t.Skip("ORACLE=keepalived asks the real program")
	}
	if _, err := exec.LookPath("keepalived"); err != nil {
		t.Skip(err)
	}
	if os.Geteuid() != 0 {
		t.Skip("a network namespace needs root")
	}
	for _, name := range files(t) {
		list := questions(t, name)
		for i, real := range asked(t, list) {
			if *update {
				list[i].real, list[i].ours = real, nil
				if got := answered(t, list[i].text); got != real {
					list[i].ours = &got
				}
			} else if real != list[i].real {
				t.Errorf("%s\n%sreal: %swritten: %s", name, list[i].text, real, list[i].real)
			}
		}
		if *update {
			write(t, name, list)
		}
	}
}

// world is what keepalived is asked in: the machine of configtest.Two.
const world = `set -e
ip link set lo up
ip link add eth0 type veth peer name eth1
ip addr add 10.0.0.9/24 dev eth0
ip link set eth0 up
ip link set eth1 up
for d in "$@"; do
	cd $d
	set +e
	keepalived -t -f k.conf -i moon >out 2>&1
	echo $? >code
done`

// asked puts questions to the real program.
func asked(t *testing.T, list []question) (out []answer) {
	t.Helper()
	top := t.TempDir()
	args := []string{"-n", "sh", "-c", world, "sh"}
	for i, q := range list {
		dir := filepath.Join(top, strconv.Itoa(i))
		if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, "k.conf"), []byte(q.text), 0o644)); err != nil {
			t.Fatal(err)
		}
		args = append(args, dir)
	}
	if b, err := exec.Command("unshare", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	for i := range list {
		dir := filepath.Join(top, strconv.Itoa(i))
		text, err := os.ReadFile(filepath.Join(dir, "out"))
		code, err2 := os.ReadFile(filepath.Join(dir, "code"))
		n, err3 := strconv.Atoi(strings.TrimSpace(string(code)))
		if err := errors.Join(err, err2, err3); err != nil {
			t.Fatal(err)
		}
		out = append(out, answer{n, string(text)})
	}
	return out
}

func write(t *testing.T, name string, list []question) {
	t.Helper()
	var b strings.Builder
	for _, q := range list {
		fmt.Fprintf(&b, "===\n%s>>> %s", q.text, q.real)
		if q.ours != nil {
			fmt.Fprintf(&b, ">>> ours %s", q.ours)
		}
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
