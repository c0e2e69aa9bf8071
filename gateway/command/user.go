package command

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"strings"

	"moongate/gateway/admin"
)

func userFlags(o *options, f *flag.FlagSet) {
	askFlags(o, f)
	f.StringVar(&o.role, "role", "", "for add and role: viewer, operator or `admin`")
	f.StringVar(&o.secretFile, "password-file", "", "for add and passwd: a `file` with the password in its first line, - for standard input; without it one is made up and shown")
}

// users is what can be done with them, all of it by the Admin API: it knows where they are
// kept, and notes who has done it.
func users(ctx context.Context, o *options) (int, error) {
	a, err := o.api()
	if err != nil {
		return failed, err
	}
	do, name := o.operands[0], ""
	if len(o.operands) > 1 {
		name = o.operands[1]
	}
	if (do == "list") != (name == "") {
		return failed, errors.New("write: list, or one of add, role, passwd, token, remove and a name")
	}
	u := userCall{o, a, ctx, "/users/" + url.PathEscape(name)}
	switch do {
	case "list":
		err = u.list()
	case "add":
		err = u.setPassword("POST", "/users", map[string]any{"name": name, "role": o.role})
	case "role":
		_, err = u.ask("PATCH", u.path, map[string]any{"role": o.role})
	case "passwd":
		err = u.setPassword("PATCH", u.path, map[string]any{})
	case "token":
		err = u.token()
	case "remove":
		_, err = u.ask("DELETE", u.path, nil)
	default:
		err = fmt.Errorf("%q: write list, add, role, passwd, token or remove", do)
	}
	if err != nil {
		return failed, err
	}
	return fine, nil
}

type userCall struct {
	*options
	api  *api
	ctx  context.Context
	path string
}

// ask sends a document, and gives the answer if it says yes.
func (u *userCall) ask(method, path string, doc map[string]any) (*answer, error) {
	var body []byte
	header := map[string]string{}
	if doc != nil {
		var err error
		if body, err = json.Marshal(doc); err != nil {
			return nil, err
		}
		header["Content-Type"] = "application/json"
	}
	r, err := u.api.ask(u.ctx, method, path, body, header)
	if err != nil {
		return nil, err
	}
	if r.status >= 300 {
		return nil, r.refusal(nil)
	}
	return r, nil
}

func (u *userCall) list() error {
	r, err := u.ask("GET", "/users", nil)
	if err != nil {
		return err
	}
	var all struct{ Data []admin.UserShown }
	if err := json.Unmarshal(r.body, &all); err != nil {
		return fmt.Errorf("the answer can't be read: %w", err)
	}
	for _, one := range all.Data {
		has := "no password"
		if one.Password {
			has = "password"
		}
		fmt.Fprintf(u.Out, "%-8s %-20s %s, %s\n", one.Role, strings.Map(printable, one.Name), has, count(len(one.Tokens), "token"))
	}
	return nil
}

// setPassword sends a document with a password, which it shows if it has made it up.
func (u *userCall) setPassword(method, path string, doc map[string]any) error {
	password := rand.Text()
	if u.secretFile != "" {
		text, err := u.read(u.secretFile)
		if err != nil {
			return err
		}
		password, _, _ = strings.Cut(string(text), "\n")
		password = strings.TrimSuffix(password, "\r")
	}
	doc["password"] = password
	if _, err := u.ask(method, path, doc); err != nil {
		return err
	}
	if u.secretFile == "" {
		fmt.Fprintln(u.Out, password)
	}
	return nil
}

func (u *userCall) token() error {
	r, err := u.ask("POST", u.path+"/tokens", map[string]any{})
	if err != nil {
		return err
	}
	var made admin.TokenShown
	if err := json.Unmarshal(r.body, &made); err != nil {
		return fmt.Errorf("the answer can't be read: %w", err)
	}
	fmt.Fprintln(u.Out, made.Token)
	return nil
}
