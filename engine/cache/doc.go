// Package cache is the store behind proxy_cache and its kin: answers in files of a
// folder, found by an index that all workers share (ngx_http_file_cache.c). It knows
// keys, files and who may renew one; what may be kept, for how long, and how it is
// sent is its callers' (engine/httpd/upstreamhttp).
//
//	Path   what a proxy_cache_path says
//	Cache  a path and its zone: declared once, opened in each process; one process beside
//	       the workers keeps all caches within their bounds
//	Entry  what one request has to do with one key
//
// # How a request walks
//
// An Entry is made by its caller, may be used for one request after the other, and
// goes through these calls on the request's goroutine:
//
//	e.Reset(cache)                     and set Log, Fields, Buf, MinUses, Lock, ...
//	e.Key = append(e.Key[:0], ...)     the text of proxy_cache_key
//	e.Hash()                           now HeaderStart is known
//
//	switch e.Open() {
//	case Hit:       e.Head() is the upstream's header, the body is in the file from BodyStart
//	                to Length; TakeFD makes the file the caller's
//	case Stale:     as Hit, but over, and this request is the one that renews it
//	case Updating:  as Hit, but over, and another request is about to renew it
//	case Miss:      ask upstream; others may do the same unless Lock is set
//	case Scarce:    ask upstream and keep nothing: asked for too seldom, or no more patience
//	case Locked:    another request asks upstream: e.Await(gone), then e.Open() again
//	case Remembered: e.Error is the status to answer with
//	case Failed:    no room for the key, or the disk fails: 500 (it has been logged)
//	}
//
// After Miss, Stale and Updating an answer that may be kept is stored so:
//
//	e.ValidSec, e.Date, ... = ...      when it is over, and what revalidation needs
//	e.SetETag, e.SetVary
//	e.BodyStart = e.HeaderStart + length of the upstream's header
//	b, err = e.AppendHeader(b)         HeaderStart bytes, the front of the file
//	fd, name, err = e.CreateTemp()     or a file in proxy_temp_path, if cache.UseTempPath
//	... write b, the upstream's header as it came, the body; then
//	e.Commit(fd, name)                 renames it to its place; fd stays the caller's
//
// A 304 that renews what Stale has found sets ValidSec, Date and their kin and calls
// e.UpdateHeader, then Release. A status to be remembered without a file is set as
// e.Error (with ValidSec) before Release. A request that was let past the cache
// (proxy_cache_bypass) and shall store its answer nevertheless calls e.Create in
// place of Open.
//
// Release ends it in any case: it may be called twice and after Commit. What is not
// committed by then is given up: the right to renew passes on and those who wait go on.
// A temporary file that was not committed is its creator's to remove (Discard). Nobody who
// dies leaves anything behind that holds up others: the right to renew is signed with
// the process's ticket (edge/sys/shm) and ends with it, and an index entry has no
// count of its users.
//
// # On disk
//
// The folder is nginx's own, files of version 5: see header.go. nginx reads what we
// have written, and we what nginx has.
//
// # Where it differs from nginx
//
// One process beside the workers ("cache manager process") also loads, there is no
// cache loader process. Those who wait for the lock wake when it goes, not every
// 500 ms. A file that was cut off is no answer. A worker that dies while it renews an
// entry holds nobody up. Why so: docs/decisions/0037-cache.md.
package cache
