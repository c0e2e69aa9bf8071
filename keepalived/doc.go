// Package keepalived is the half of the program that replaces keepalived and LVS,
// as a part of the web server: the directive "keepalived" runs it under the same
// master, where it may follow the workers themselves (track_gateway).
//
//	daemon/     the parent process: command line, signals, children
//	  speaker/  the VRRP process: sockets, netlink, ARP   checker/  the process of virtual servers
//	    vrrp/   the state machine, pure                     check/  checks of real servers
//	    track/  what instances follow                       lvs/    quorum, schedulers, data planes
//	  notify/ script/   programs, FIFOs, mail             status/  dumps; metrics/ snmp/  for others
//	  role/     what a process gets from the parent
//	config/ conf/   keepalived.conf: what it means; its text
//
// Packages import only those further down, and nothing of the web server but core.
package keepalived
