// Package checker is the process that checks real servers and sees to it that a
// data plane sends connections to those that are alive.
//
//	check.Check, many --events--> process.loop --what changed--> lvs.State --services--> lvs.Plane
//	                                   ^    |                        |
//	role.Session --reload, stop, ask---+    +--lines, scripts, FIFO, mails--> log, notify.Notifier
//
// One goroutine, that of Run, owns the checks, the state and the plane, so none of
// them needs a lock. keepalived/daemon starts the process; assembly says which planes
// there are.
//
// Where it differs from keepalived: without a kernel that has ip_vs another plane
// takes over, and where none can, the checks still run and notify, and VRRP goes on;
// checks that are unchanged keep their results and their times over a reload, and
// also when the process has died and was started again; real servers that a reload
// removes keep their connections for a minute.
package checker
