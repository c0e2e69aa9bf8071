package limitreq

import (
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// mark remembers the outcome: a request is limited once, whatever redirects and
// subrequests follow.
var mark = httpd.NewMark()

const (
	passed = 1 + iota
	delayed
	rejected
	delayedDryRun
	rejectedDryRun
)

var words = [...]string{passed: "PASSED", delayed: "DELAYED", rejected: "REJECTED",
	delayedDryRun: "DELAYED_DRY_RUN", rejectedDryRun: "REJECTED_DRY_RUN"}

func status(r *httpd.Request) (string, bool) {
	s := mark.Get(r)
	return words[s], s != 0
}

// handle is ngx_http_limit_req_handler.
func handle(r *httpd.Request) httpd.Result {
	if mark.Get(r) != 0 {
		return httpd.Declined
	}
	cf := httpd.Conf[conf](r, Module)
	var few [4]string
	keys := few[:0]
	for i := range cf.limits {
		v := cf.limits[i].zone.Data.(*bucket).key
		key := v.Eval(r)
		if len(key) > zone.MaxKey {
			r.Logf(errlog.Error, "the value of the \"%s\" key is more than 65535 bytes: \"%s\"", v.Text(), key)
			key = ""
		}
		keys = append(keys, key)
	}
	// The clock of the wall: the same in all workers, unlike a monotonic one.
	v := zone.CheckReq(cf.open, keys, event.UnixNano()/1e6)
	dry, note := cf.dryRun.V, ""
	if dry {
		note = ", dry run"
	}
	switch v.State {
	case zone.ReqDeclined:
		return httpd.Declined
	case zone.ReqPassed:
		mark.Set(r, passed)
		return httpd.Declined
	case zone.ReqDelayed:
		r.Logf(lower(cf.level.V), "delaying request%s, excess: %d.%03d, by zone \"%s\"",
			note, v.Excess/1000, v.Excess%1000, cf.limits[v.Limit].zone.Name)
		if dry {
			mark.Set(r, delayedDryRun)
			return httpd.Declined
		}
		mark.Set(r, delayed)
		return wait(r, time.Duration(v.Delay)*time.Millisecond)
	case zone.ReqRejected:
		r.Logf(cf.level.V, "limiting requests%s, excess: %d.%03d by zone \"%s\"",
			note, v.Excess/1000, v.Excess%1000, cf.limits[v.Limit].zone.Name)
	}
	if dry {
		mark.Set(r, rejectedDryRun)
		return httpd.Declined
	}
	mark.Set(r, rejected)
	return httpd.Result(cf.status.V)
}

// lower is the level of delays.
func lower(l errlog.Level) errlog.Level {
	if l == errlog.Info {
		return l
	}
	return l + 1
}

// wait holds a request back, unless its client goes away meanwhile
// (ngx_http_limit_req_delay, ngx_http_test_reading).
func wait(r *httpd.Request, d time.Duration) httpd.Result {
	if !r.Sleep(d) {
		return 499
	}
	return httpd.Declined
}
