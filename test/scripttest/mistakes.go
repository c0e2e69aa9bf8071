package scripttest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// frames are what stands around a mistake: it is on line 3 of the file, but in
// main on line 1.
var frames = map[string]string{
	"main":     "@\n",
	"http":     "events { }\nhttp {\n@\n}\n",
	"server":   "events { }\nhttp { server {\n@\n} }\n",
	"location": "events { }\nhttp { server { location / {\n@\n} } }\n",
}

var stamp = regexp.MustCompile(`^(nginx: )?(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d )?(\[\w+\]) (\d+#\d+: )?`)

// mistakes FILE tests one configuration after the other and compares what
// standard error says with what stands below each, to the letter:
//
//	[server]
//	listen 99999;
//		[emerg] invalid port in "99999" of the "listen" directive in FILE:3
//
// Nothing below means that nothing is complained about; what is only warned
// about is a good configuration. With "~" in front a case is only for us: older
// nginx words it otherwise.
func (w *world) mistakes(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "moongate mistakes FILE")
	frame, text, ours := "", "", false
	var want []string
	cases, wrong := 0, 0
	finish := func() {
		if text == "" || ours && w.bin.oracle {
			return
		}
		cases++
		if got := w.complaints(ts, strings.ReplaceAll(frame, "@", text)); got != strings.Join(want, "\n") {
			wrong++
			ts.Logf("%s\n\tsays %s\n\twant %s", text, got, strings.Join(want, "\n"))
		}
	}
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "":
		case line[0] == '\t':
			want = append(want, line[1:])
		default:
			finish()
			text, ours, want = "", false, nil
			if name, ok := strings.CutPrefix(line, "["); ok {
				if frame = frames[strings.TrimSuffix(name, "]")]; frame == "" {
					ts.Fatalf("no such frame: %s", line)
				}
				continue
			}
			text, ours = strings.CutPrefix(line, "~")
		}
	}
	finish()
	if wrong > 0 || cases == 0 {
		ts.Fatalf("%d of %d configurations were answered otherwise", wrong, cases)
	}
}

// complaints are the messages of -t, and "accepted" or "refused" where that is
// not what they make one expect.
func (w *world) complaints(ts *testscript.TestScript, conf string) string {
	name := filepath.Join(w.dir, "conf/mistake.conf")
	ts.Check(os.WriteFile(name, []byte(conf), 0o644))
	cmd := exec.Command(w.bin.path, "-t", "-p", w.dir+"/", "-e", "stderr", "-c", name)
	if w.bin.oracle {
		cmd.Args = append(cmd.Args, "-g", w.bin.global+"pid logs/nginx.pid;")
	}
	out, err := cmd.CombinedOutput()
	var got []string
	fatal := false
	for line := range strings.Lines(string(out)) {
		m := stamp.FindStringSubmatchIndex(line)
		if m == nil {
			continue // the verdict, or our second line
		}
		if line[m[6]:m[7]] == "[notice]" {
			continue // what has no effect here is no mistake
		}
		line = line[m[6]:m[7]] + " " + strings.TrimSuffix(line[m[1]:], "\n")
		fatal = fatal || strings.HasPrefix(line, "[emerg]") || strings.HasPrefix(line, "[crit]")
		got = append(got, strings.ReplaceAll(strings.ReplaceAll(line, name, "FILE"), w.dir, "PREFIX"))
	}
	if fatal != (err != nil) {
		got = append(got, "and ends with "+cmd.ProcessState.String())
	}
	return strings.Join(got, "\n")
}
