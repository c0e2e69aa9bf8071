// Package addition puts the answers of other locations before and behind a
// response: nginx's ngx_http_addition_filter_module.
//
// Its header filter picks the responses; its body filter makes the subrequests
// when the first and the last part of the body come by.
package addition
