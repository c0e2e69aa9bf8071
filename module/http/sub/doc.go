// Package sub replaces texts in responses: nginx's ngx_http_sub_filter_module.
//
// Its header filter picks the responses, its body filter looks for the patterns as
// the body comes by, in any case of letters. Of several patterns the one that
// begins first wins, then the one written first. What may be the beginning of a
// pattern at the end of a part is held back until more has come.
package sub
