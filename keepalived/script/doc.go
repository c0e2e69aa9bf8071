// Package script runs the programs that keepalived.conf names: notify scripts,
// those of vrrp_script and MISC_CHECK, readers of FIFOs, startup and shutdown
// scripts. A program runs as its user, with null devices for input and output, in
// a process group of its own, and gets SIGTERM when the process that started it
// dies. It has the environment, the folder and the umask of the daemon.
package script
