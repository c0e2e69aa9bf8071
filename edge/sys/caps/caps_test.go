package caps

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestNames(t *testing.T) {
	for want, c := range map[string]Cap{"NET_ADMIN": NetAdmin, "NET_RAW": NetRaw, "SYS_NICE": SysNice, "IPC_LOCK": IPCLock, "BPF": BPF,
		"CHECKPOINT_RESTORE": unix.CAP_CHECKPOINT_RESTORE, "SYSLOG": unix.CAP_SYSLOG, "SETFCAP": unix.CAP_SETFCAP, "capability 60": 60} {
		if c.String() != want {
			t.Errorf("%d is %s, not %s", c, c, want)
		}
	}
	if s := Of(NetRaw, NetAdmin, SysNice).Without(Of(SysNice)); s.String() != "NET_ADMIN, NET_RAW" || !s.Has(NetRaw) || s.Has(SysNice) {
		t.Error(s)
	}
}

func TestEffectiveIsWhatTheKernelShows(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	got, err := Effective()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("/proc/thread-self/status")
	if err != nil {
		t.Skip(err)
	}
	_, rest, _ := strings.Cut(string(text), "CapEff:\t")
	line, _, _ := strings.Cut(rest, "\n")
	if want, err := strconv.ParseUint(line, 16, 64); err != nil || Set(want) != got {
		t.Errorf("%x, the kernel shows %s (%v)", got, line, err)
	}
}

// A thread that gives NET_RAW away is refused a raw socket, and told why.
func TestExplain(t *testing.T) {
	if have, _ := Effective(); !have.Has(NetRaw) {
		t.Skip("no NET_RAW to give away")
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and the thread ends with the goroutine
		head := &unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var data [2]unix.CapUserData
		unix.Capget(head, &data[0])
		data[0].Effective &^= 1 << NetRaw
		if err := unix.Capset(head, &data[0]); err != nil {
			done <- err
			return
		}
		_, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, 112)
		done <- Explain(os.NewSyscallError("socket", err), NetRaw, NetAdmin)
	}()
	err := <-done
	var m *Missing
	if !errors.As(err, &m) || m.Caps != Of(NetRaw) || !errors.Is(err, unix.EPERM) ||
		err.Error() != "socket: operation not permitted: the capability NET_RAW is missing" {
		t.Error(err)
	}
	if err := Explain(unix.EPERM, NetRaw); err != unix.EPERM {
		t.Error("there is another reason:", err)
	}
	if err := Explain(unix.EINVAL, 60); err != unix.EINVAL {
		t.Error(err)
	}
	two := &Missing{Of(NetRaw, NetAdmin), unix.EPERM}
	if two.Error() != "operation not permitted: the capabilities NET_ADMIN, NET_RAW are missing" {
		t.Error(two)
	}
}
