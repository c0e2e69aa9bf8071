package upstreamhttp

import "moongate/engine/httpd"

// staleFor tells whether what has expired in the cache is better than this answer of the
// peer (ngx_http_upstream_test_next).
func (u *Upstream) staleFor(ft Condition) bool {
	return u.CacheStatus == CacheExpired && u.Conf.Cache.UseStale&ft != 0
}

// staleAfter is staleFor when nobody has answered, or none is left to ask
// (ngx_http_upstream_next).
func (u *Upstream) staleAfter(ft Condition) bool {
	return u.CacheStatus == CacheExpired && (u.Conf.Cache.UseStale&ft != 0 || u.kept.entry.StaleError)
}

// unchanged tells whether the peer says that what has expired in the cache is still good.
func (u *Upstream) unchanged(status int) bool {
	return status == 304 && u.CacheStatus == CacheExpired && u.Conf.Cache.Revalidate
}

// renewed sends what is in the cache, with another time from now on: that of the 304, or
// of the header in the file, or of the configuration.
func (u *Upstream) renewed() httpd.Result {
	u.R.Debugf("http upstream not modified")
	k := u.kept
	e := &k.entry
	now := nowSec()
	valid, updating, failing := k.fresh.Valid, k.fresh.Updating, k.fresh.Error
	u.release()
	u.Proto.Reinit(u)
	u.CacheStatus = CacheRevalidated
	if !u.readKept() {
		return u.finish(500)
	}
	if valid == 0 {
		valid, updating, failing = k.fresh.Valid, k.fresh.Updating, k.fresh.Error
	}
	if valid == 0 {
		if valid = u.Conf.Cache.Valid.Of(u.In.Status); valid != 0 {
			valid += now
		}
	}
	if valid != 0 {
		e.ValidSec, e.UpdatingSec, e.ErrorSec, e.Date = valid, updating, failing, now
		e.SetVary(k.fresh.Vary)
		e.UpdateHeader()
	}
	return u.finish(u.sendKept())
}

// remember keeps a status without a response, for as long as is said for it.
func (u *Upstream) remember(status int) {
	k := u.kept
	if k == nil || !u.cacheable {
		return
	}
	if valid := u.Conf.Cache.Valid.Of(status); valid != 0 {
		k.entry.ValidSec = nowSec() + valid
		k.entry.Error = status
	}
}

// rememberAnswer is remember for a status of the peer that error_page answers in its place.
func (u *Upstream) rememberAnswer(status int) {
	k := u.kept
	if k == nil {
		return
	}
	if u.cacheable = u.cacheable && k.fresh.Allowed(); !u.cacheable {
		return
	}
	if k.fresh.Valid != 0 {
		k.entry.ValidSec, k.entry.Error = k.fresh.Valid, status
		return
	}
	u.remember(status)
}
