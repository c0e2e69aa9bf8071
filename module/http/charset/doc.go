// Package charset names the charset of responses and recodes them: nginx's
// ngx_http_charset_filter_module.
//
// Its header filter finds out what charset a response has and which one it shall
// have; where the two differ and a charset_map joins them, its body filter recodes.
// A map is between two single-byte charsets, or between one and UTF-8: what the
// former can't express is written as &#NNN;.
package charset
