package proc

import (
	"os/exec"
	"testing"
)

func TestEvents(t *testing.T) {
	e, err := OpenEvents()
	if err != nil {
		t.Skip("the kernel tells nothing of processes here: ", err)
	}
	cmd := exec.Command("/bin/true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	var did []EventKind
	for exited := false; !exited; {
		if err := e.Next(func(v Event) {
			if v.Pid == cmd.Process.Pid {
				did = append(did, v.What)
				exited = v.What == Exited
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	if len(did) < 3 || did[0] != Forked || did[len(did)-1] != Exited {
		t.Errorf("it did %x", did)
	}
	ended := make(chan error)
	go func() {
		for {
			if err := e.Next(func(Event) {}); err != nil {
				ended <- err
				return
			}
		}
	}()
	e.Close()
	<-ended
}
