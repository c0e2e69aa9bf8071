// Package notify tells the world what happens in keepalived: scripts, FIFOs and
// mails. The speaker and the checker call a Notifier's methods, which never wait.
//
// Where it differs from keepalived: that starts scripts and forgets them, so that
// two changes in quick succession run side by side, and the older may have the
// last word. Here the scripts of one object run in the order of what happened: the
// next is started when the one before has ended, or has taken 10 s; then both run.
// Up to 64 wait for each object; of more the oldest are left out, which is logged.
// Scripts of different objects run side by side.
//
// At the end what still waits is started, and the process waits one second for
// scripts, readers of FIFOs and mails. keepalived does so for stop scripts alone.
package notify
