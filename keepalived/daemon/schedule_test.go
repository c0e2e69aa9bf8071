package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/proc"
)

func TestReloadTime(t *testing.T) {
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	time.Local = time.FixedZone("east", 2*60*60)
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.Local)
	for _, c := range []struct {
		text, want string // in UTC
		dated      bool
		err        error
	}{
		{"12:00:01", "2026-11-30 10:00:01", false, nil},
		{"12:00:00", "2026-12-01 10:00:00", false, nil},
		{"11:59:59Z", "2026-11-30 11:59:59", false, nil},
		{"09:00:00Z", "2026-12-01 09:00:00", false, nil},
		{"26-12-24 18:00:00", "2026-12-24 16:00:00", true, nil},
		{"2027-01-01 00:00:00Z", "2027-01-01 00:00:00", true, nil},
		{"2026-11-30 12:00:00", "", true, errPast},
		{"1:00:00", "", false, errTime},
		{"25:00:00", "", false, errTime},
		{" 12:00:01", "", false, errTime},
		{"12:00:01 ", "", false, errTime},
		{"2026-12-24  18:00:00", "", false, errTime},
		{"12:00:01.5", "", false, errTime},
		{"", "", false, errTime},
	} {
		at, dated, err := reloadTime(c.text, now)
		got := ""
		if err == nil {
			got = at.UTC().Format(time.DateTime)
		}
		if got != c.want || dated != c.dated || err != c.err {
			t.Errorf("%q: %s, dated %t, %v", c.text, got, dated, err)
		}
	}
}

// A reload at a time that a file names: it can be changed and taken back, and its file goes
// when it has come. What is kept of reloads in config_save_dir is there, too.
func TestSchedule(t *testing.T) {
	r := start(t, "include DIR/k.d/*.conf\n"+oneInstance, "")
	when, busy, saved := filepath.Join(r.dir, "when"), filepath.Join(r.dir, "busy"), filepath.Join(r.dir, "save")
	r.await("Startup complete", 1)
	os.Mkdir(filepath.Join(r.dir, "k.d"), 0o755)
	os.WriteFile(filepath.Join(r.dir, "k.d", "a.conf"), []byte("global_defs { # here\n reload_time_file "+when+"\n config_save_dir "+saved+"\n reload_file "+busy+"\n}\n"), 0o600)
	r.signal("p", proc.SIGHUP)
	r.await("Reload complete", 1)
	put := func(text string) {
		os.WriteFile(when+".new", []byte(text+"\n"), 0o600)
		os.Rename(when+".new", when)
	}
	put("nonsense")
	r.await("Invalid reload time 'nonsense' specified - ignoring", 1)
	put("2020-01-01 00:00:00")
	r.await("Reload time 2020-01-01 00:00:00 is in the past - ignoring", 1)
	put("2099-01-01 00:00:00Z")
	r.await("Scheduling reload for 20", 1)
	os.Remove(when)
	r.await("Cancelling reload scheduled for 20", 1)
	put("2098-01-01 00:00:00")
	r.await("Scheduling reload for 2098-01-01 00:00:00", 1)
	r.signal("p", proc.SIGUSR1)
	r.await("Printing parent data", 1)
	put(time.Now().Add(1500*time.Millisecond).UTC().Format(time.DateTime) + "Z")
	r.await("Reload time updated from 2098-01-01 00:00:00 to 20", 1)
	r.await("Reload complete", 2)
	for _, name := range []string{when, busy} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	r.signal("p", proc.SIGTERM)
	r.wait()
	pid, child := r.cmd.Process.Pid, 0
	for _, name := range []string{"keepalived.conf.%d.1", "keepalived.conf.%d.2"} {
		b, err := os.ReadFile(filepath.Join(saved, sprint(name, pid)))
		want := "# " + filepath.Join(r.dir, "k.d/a.conf") + "\nglobal_defs {\nreload_time_file " + when + "\n"
		if err != nil || !strings.HasPrefix(string(b), want) || !strings.HasSuffix(string(b), "}\n!\n") {
			t.Errorf("%s: %v %s, want it to begin with %s", name, err, b, want)
		}
	}
	names, _ := filepath.Glob(filepath.Join(saved, "keepalived_vrrp.*"))
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(b), " VRRP Instance = asked\n") || !strings.Contains(string(b), " Reload time file = "+when+"\n No reload scheduled\n Reload_file = "+busy+"\n") {
			t.Errorf("%s: %v %s", name, err, b)
		}
		child++
	}
	if child != 3 { // before the first reload nobody wanted it
		t.Errorf("kept are %v", names)
	}
}
