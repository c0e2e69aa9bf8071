// Package setmisc gives variables values that are computed from others: OpenResty's
// set-misc-nginx-module, with upstream_list of its development kit.
//
// Its directives are steps of the rewrite module's programs (httpd.Builder.AppendScript),
// so that they run in the order written among `set` and `if`. A step that fails ends
// the request with 500.
//
// The module owns the lists of upstream_list, the alphabets of base 32, and each
// location's counter of set_rotate.
//
// Where it differs: the directives that set are refused in http{}, where they would
// never run; set_quote_json_str writes all control characters as escapes.
package setmisc
