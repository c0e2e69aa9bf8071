// Package file is the small part of the file system that needs plain
// descriptors: log files whose descriptor number stays the same when they are
// reopened (Append), memory files that hand bytes over to another process
// (Memory), and opening, looking at and reading a file without the weight of
// os.File.
//
// Called by errlog, cycle, process and by modules that serve files. It owns no
// state but the descriptors it returns, and whether files are slow (Slow).
package file
