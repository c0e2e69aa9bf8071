package authbasic

import (
	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/edge/wire/htpasswd"
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
	name := cf.file.V.Eval(r)
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
	r.Out.Add("WWW-Authenticate", r.Concat("Basic realm=\"", realm, "\""))
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
