package authbasic

import (
	"moongate/core/config/syntax"
	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/edge/wire/htpasswd"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// handle is ngx_http_auth_basic_handler.
func handle(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	realm := cf.realm.V.Eval(r)
	if realm == "off" {
		return httpd.Declined
	}
	user, password := r.BasicAuth()
	if user == "" {
		r.Logf(errlog.Info, "no user/password was provided for basic authentication")
		return ask(r, realm)
	}
	name := syntax.FullName(r.Worker().Cycle.ConfPrefix, cf.file.V.Eval(r))
	hash, found, err := lookUp(name, user)
	if err != nil {
		level, status := errlog.Crit, httpd.Result(500)
		if errno.Number(err) == errno.ENOENT {
			level, status = errlog.Error, 403
		}
		r.LogErr(level, err, "open() \"%s\" failed", name)
		return status
	}
	if !found {
		r.Logf(errlog.Error, "user \"%s\" was not found in \"%s\"", user, name)
		return ask(r, realm)
	}
	if htpasswd.Slow(hash) {
		event.Block() // others go on meanwhile
	}
	if ok, _ := htpasswd.Verify(hash, password); ok {
		return httpd.OK
	}
	r.Logf(errlog.Error, "user \"%s\": password mismatch", user)
	return ask(r, realm)
}

// ask is ngx_http_auth_basic_set_realm.
func ask(r *httpd.Request, realm string) httpd.Result {
	text := r.Concat("Basic realm=\"", realm, "\"")
	if r.Method == http1.CONNECT {
		r.Out.Add("Proxy-Authenticate", text)
		return 407
	}
	r.Out.Add("WWW-Authenticate", text)
	return 401
}

// lookUp reads a password file for the line of a user.
func lookUp(name, user string) (hash string, found bool, err error) {
	fd, e := file.Open(name, file.ReadOnly, 0)
	if e != 0 {
		return "", false, errno.Error(e)
	}
	defer file.Close(fd)
	var s scanner
	s.user = user
	var buf [2048]byte
	for off := int64(0); ; {
		n, e := file.ReadAt(fd, buf[:], off)
		if e != 0 {
			return "", false, errno.Error(e)
		}
		if n == 0 {
			break
		}
		if s.scan(buf[:n]) {
			break
		}
		off += int64(n)
	}
	hash, found = s.result()
	return hash, found, nil
}
