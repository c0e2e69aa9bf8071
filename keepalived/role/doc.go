// Package role is what a child process of keepalived gets and gives: its
// configuration, its log, what happens to it from outside, and how it answers.
// keepalived/daemon starts the processes and stands behind a Session; the VRRP
// speaker, the checker and the BFD process are written against it.
//
//	daemon (parent) --starts--> daemon (child) --Run(Session)--> speaker, checker, bfd
//	    ^  |                         |                                  |
//	    |  +-- snapshot, messages -->+--------- Events ---------------->|
//	    +---- ready, kept, messages -+<-- Ready, Keep, Tell, Answer ----+
package role
