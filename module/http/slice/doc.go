// Package slice asks for a large response in pieces of one size, so that a cache can keep
// each by itself: nginx's ngx_http_slice_filter_module.
//
// A location with slice passes $slice_range on as Range, and has it in proxy_cache_key.
// The header filter makes the 206 of the first piece the 200 of the whole; the body filter
// gets the other pieces by copies of the request. Assembly puts it in front of all other
// header filters: the range filter cuts what the client wants out of the whole.
package slice
