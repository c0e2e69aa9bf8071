// Package track is what instances follow beside their interfaces: programs that
// are run again and again (vrrp_script), files with a number in them (track_file)
// and processes that must be there (vrrp_track_process).
//
// Who calls it: keepalived/speaker, on the thread of its loop. Counting is apart
// from running: Counter is pure. What may wait, such as starting a program or
// reading /proc, is done by goroutines, and only the result comes to the loop.
//
// What it owns: the programs that it has started, and an inotify descriptor.
package track
