// Package stubstatus shows how many connections and requests there are: nginx's
// ngx_http_stub_status_module. The counters belong to the engine, which shares
// them among workers (engine/zone).
package stubstatus
