// Package metrics shows keepalived to the outside: /metrics in Prometheus' text
// format and /status as JSON, at the address that metrics_listen names.
//
//	VRRP process  --Part--> parent: Serve --HTTP--> Prometheus, dashboard
//	checker       --Part-->
//
// Each process makes its Part of its own status.Status, so that nothing but text
// goes between processes; the parent, which outlives them all, serves what it gets.
// A process that does not answer in time is missing, and keepalived_up says so.
//
// Metrics of instances have the names and labels of the exporters that read
// keepalived's dumps, so that dashboards made for those go on working.
package metrics
