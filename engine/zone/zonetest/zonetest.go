// Package zonetest gives tests memory as processes share it, and processes to share it
// with. It is for tests of what lies above package zone.
package zonetest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"moongate/edge/sys/file"
	"moongate/engine/zone"
)

// Bound gives declared zones with memory.
func Bound(t testing.TB, declare func(zs *zone.Zones)) *zone.Zones {
	t.Helper()
	zs := zone.New()
	declare(zs)
	if err := zs.Bind(nil); err != nil {
		t.Fatal(err)
	}
	zs.Commit(nil)
	t.Cleanup(zs.Close)
	return zs
}

// Dict is a dict in a zone of its own.
func Dict(t testing.TB, size int64) *zone.Dict {
	t.Helper()
	zs := Bound(t, func(zs *zone.Zones) { zs.Declare("test", size, zone.KindDict) })
	d, err := zone.OpenDict(zs.Find("test"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What a child reads: its work, and the zones that it inherits.
const (
	workVar    = "ZONETEST_WORK"
	handlesVar = "ZONETEST_HANDLES"
)

// Main is for TestMain: in a process that Start has started, work gets the zones and the
// words, and the process ends.
func Main(m *testing.M, work func(zs *zone.Zones, words []string) error) {
	words := os.Getenv(workVar)
	if words == "" {
		os.Exit(m.Run())
	}
	zs, err := inherit()
	if err == nil {
		err = work(zs, strings.Fields(words))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func inherit() (*zone.Zones, error) {
	var hs []zone.Handle
	if err := json.Unmarshal([]byte(os.Getenv(handlesVar)), &hs); err != nil {
		return nil, err
	}
	zs := zone.New()
	for _, h := range hs {
		if _, err := zs.Declare(h.Name, h.Size, h.Kind); err != nil {
			return nil, err
		}
	}
	return zs, zs.Attach(hs)
}

// Start starts the test's program again as another process with the same zones.
func Start(t testing.TB, zs *zone.Zones, words string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	hs := zs.Export()
	for i := range hs {
		fd, err := file.Duplicate(hs[i].FD)
		if err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(uintptr(fd), "zone")
		defer f.Close()
		c.ExtraFiles = append(c.ExtraFiles, f)
		hs[i].FD = 3 + i
	}
	text, err := json.Marshal(hs)
	if err != nil {
		t.Fatal(err)
	}
	c.Env = append(os.Environ(), workVar+"="+words, handlesVar+"="+string(text))
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	return c
}
