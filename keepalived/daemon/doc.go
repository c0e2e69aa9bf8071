// Package daemon is the program keepalived: its command line, and the parent
// process that reads the configuration, starts the VRRP, checker and BFD
// processes, passes signals on to them, and starts them again when they die.
//
//	launcher --starts--> parent --starts--> VRRP, healthcheckers, BFD
//	(not with -n)          |  ^
//	                       |  +-- ready, kept values, messages --- frames over a
//	                       +----- hello, reload, stop, dumps ----- stream socket
//
// Go cannot fork, so every process is the same program started anew
// (/proc/self/exe) with the same arguments; a variable in its environment says
// that it has a parent, and the first frame what it is. The parent reads all files
// once; what it has read goes to the children in a Snapshot, and they parse the
// same bytes, never a disk that has changed since.
//
// When the parent dies its children see the end of their sockets, and stop as
// after SIGTERM. When the VRRP process dies the one in its place gets what it left
// with the parent (role.Parent.Keep); while none can run, the parent takes its
// addresses off the interfaces (role.Role.Clear).
//
// What is logged is keepalived 2.2.7's, word for word, where both do the same.
package daemon
