// Package active is the health checks that ask: the gateway process has a Checker, which
// asks the addresses of targets at their intervals and counts what comes of it where
// workers count too (package health). It is ordinary Go with net and net/http, and nothing
// of it runs in workers.
package active
