// Package access allows and denies clients by their addresses: nginx's
// ngx_http_access_module.
//
// The engine calls it in the access phase of locations that have rules. The first
// rule that fits decides. A long list is indexed by the lengths of its masks when
// the configuration has been read, so that a request costs a few look-ups instead
// of a walk through all rules.
package access
