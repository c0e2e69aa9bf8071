// Package scripttest runs the scripts in test/script: text files (txtar) with
// commands on top and the files they need below.
//
// Only tests call it. It owns everything a script can start (the program under
// test, origins, a redis-server, client connections), ends it all when the
// script ends, and then looks for what a passing script must not leave behind:
// [alert] lines, panics, race reports and processes.
//
// The same scripts run against another nginx: ORACLE=nginx (or a path) puts
// that binary in the place of ours. A script that fails there is a wrong script,
// unless it says [!oracle] and why. The verbs are listed in test/script/README.md.
package scripttest
