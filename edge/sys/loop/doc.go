// Package loop is the event loop of a daemon that must be on time: descriptors,
// timers and ends of children, all on one thread.
//
// Who calls it: keepalived's processes. Requests are served by package event,
// where a handler may wait and another goroutine goes on; here nothing may wait,
// and in return what arrives is handled without a switch of goroutines, on a
// thread that can have a real-time priority, processors and a network namespace
// of its own.
//
// What it owns: an epoll set, a timerfd, an eventfd and the pidfds of children.
// Descriptors that are given to Add stay their opener's.
//
// # One round
//
//	epoll_wait --> what is readable or writable --> what was posted --> timers that are due
//
// What has arrived is handled before what is due: a backup that was frozen for a
// while finds the adverts of its master before it finds its own timer run out. So
// that a flood can't hold the timers up, the set is level-triggered: a
// callback reads one batch, returns, and is called again in the next round.
//
// The clock is read once a round. Neither timers nor reads allocate.
package loop
