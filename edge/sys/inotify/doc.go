// Package inotify tells that files of a folder have changed, so that a file may
// also come later. Called by whoever follows a file that others write: on the
// thread of a loop by FD and Read, or on a goroutine of its own by Next. It owns
// its descriptor.
package inotify
