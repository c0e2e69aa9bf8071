package proc

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

// The title of a process is the text that lies where the kernel put its
// arguments. The environment follows right behind, so a longer title runs on
// into it, and the kernel (fs/proc/base.c, get_mm_cmdline) shows it as long as
// no NUL ends it:
//
//	argv[0] NUL argv[1] NUL ... NUL | NAME=value NUL NAME=value NUL ...
//	^ start                         ^ arg_end                       ^ start+size
//
// The environment's strings are moved away first, for C code keeps pointers to
// them (Go's own copies were made when the program started).
var title struct {
	start *byte
	size  int
}

// Args returns the program's arguments as copies and makes room for SetTitle.
// It must be called first in main: os.Args means the memory that titles
// overwrite, so it is replaced by the copies too.
func Args() []string {
	if title.start != nil || len(os.Args) == 0 {
		return os.Args
	}
	old := os.Args
	args := make([]string, len(old))
	for i, a := range old {
		args[i] = strings.Clone(a)
	}
	os.Args = args
	if old[0] == "" {
		return args
	}
	title.start = unsafe.StringData(old[0])
	for _, a := range old {
		title.size += len(a) + 1
	}
	title.size += moveEnvironment(title.start, title.size, len(old))
	return args
}

// moveEnvironment copies the environment's strings elsewhere, as far as they
// lie right behind the arguments, points the kernel's table of them to the
// copies and returns how many bytes became free. Anything unexpected leaves all
// as it is.
func moveEnvironment(start *byte, args, argc int) int {
	stack := startStack()
	if stack == 0 {
		return 0
	}
	at := func(word int) *uintptr {
		off := int(stack-uintptr(unsafe.Pointer(start))) + word*int(unsafe.Sizeof(stack))
		return (*uintptr)(unsafe.Add(unsafe.Pointer(start), off))
	}
	// What the kernel left on the stack: argc, argv[], 0, envp[], 0.
	if *at(0) != uintptr(argc) || *at(1) != uintptr(unsafe.Pointer(start)) {
		return 0
	}
	first := 1 + argc + 1
	free, count := 0, 0
	for ; *at(first + count) != 0; count++ {
		if *at(first + count) != uintptr(unsafe.Pointer(start))+uintptr(args+free) {
			break
		}
		free += cLen(unsafe.Add(unsafe.Pointer(start), args+free)) + 1
	}
	if free == 0 {
		return 0
	}
	room, err := syscall.Mmap(-1, 0, free, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return 0
	}
	from := uintptr(unsafe.Pointer(start)) + uintptr(args)
	copy(room, unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(start), args)), free))
	to := uintptr(unsafe.Pointer(&room[0]))
	for i := range count {
		*at(first + i) = *at(first + i) - from + to
	}
	return free
}

func cLen(p unsafe.Pointer) int {
	n := 0
	for *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return n
}

// startStack is where the kernel put argc when the program started: field 28 of
// /proc/self/stat (proc_pid_stat(5)).
func startStack() uintptr {
	b, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	// The second field is the name in brackets and may contain anything.
	i := bytes.LastIndexByte(b, ')')
	f := strings.Fields(string(b[i+1:]))
	if i < 0 || len(f) < 26 {
		return 0
	}
	n, err := strconv.ParseUint(f[25], 10, 64)
	if err != nil {
		return 0
	}
	return uintptr(n)
}

// SetTitle makes ps show text as the command line of this process.
func SetTitle(text string) {
	if title.start == nil {
		return
	}
	room := unsafe.Slice(title.start, title.size)
	n := copy(room[:title.size-1], text)
	clear(room[n:])
}

// SetComm sets the short name of the process (ps -C, pgrep, top), of which the
// kernel keeps 15 bytes. A process that was started through /proc/self/exe
// would be called "exe".
func SetComm(name string) error {
	return os.WriteFile("/proc/self/comm", []byte(name), 0)
}
