package limitconn

import (
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// mark remembers the outcome: a request is counted once, whatever redirects and
// subrequests follow.
var mark = httpd.NewMark()

const (
	passed = 1 + iota
	rejected
	rejectedDryRun
)

var words = [...]string{passed: "PASSED", rejected: "REJECTED", rejectedDryRun: "REJECTED_DRY_RUN"}

func status(r *httpd.Request) (string, bool) {
	s := mark.Get(r)
	return words[s], s != 0
}

// uses are what a request has counted so far.
type uses struct {
	refs [4]zone.ConnRef
	n    int
	more []zone.ConnRef
}

func (u *uses) add(ref zone.ConnRef) {
	if u.n < len(u.refs) {
		u.refs[u.n] = ref
		u.n++
		return
	}
	u.more = append(u.more, ref)
}

func (u *uses) leave() {
	for _, ref := range u.refs[:u.n] {
		ref.Leave()
	}
	for _, ref := range u.more {
		ref.Leave()
	}
	*u = uses{}
}

// handle is ngx_http_limit_conn_handler.
func handle(r *httpd.Request) httpd.Result {
	if mark.Get(r) != 0 {
		return httpd.Declined
	}
	cf := httpd.Conf[conf](r, Module)
	var u *uses
	for _, l := range cf.limits {
		key := l.key().Eval(r)
		if key == "" {
			continue
		}
		if len(key) > zone.MaxConnKey {
			r.Logf(errlog.Error, "the value of the \"%s\" key is more than 255 bytes: \"%s\"", l.key().Text(), key)
			continue
		}
		mark.Set(r, passed)
		ref, ok, full := l.table.Enter(key, l.most)
		if ok {
			if u == nil {
				u = new(uses)
				r.Main.AtEnd(u.leave)
			}
			u.add(ref)
			continue
		}
		if u != nil {
			u.leave()
		}
		return cf.refuse(r, l, full)
	}
	return httpd.Declined
}

// refuse answers a request that is one too many. For a zone that is full nginx has
// no words.
func (cf *conf) refuse(r *httpd.Request, l *limit, full bool) httpd.Result {
	note := ""
	if cf.dryRun.V {
		note = ", dry run,"
	}
	if !full {
		r.Logf(cf.level.V, "limiting connections%s by zone \"%s\"", note, l.zone.Name)
	}
	if cf.dryRun.V {
		mark.Set(r, rejectedDryRun)
		return httpd.Declined
	}
	mark.Set(r, rejected)
	return httpd.Result(cf.status.V)
}
