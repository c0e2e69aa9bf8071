package openidconnect

import (
	"encoding/base64"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/gateway/plugin"
)

// credential is what a request shows that tokens are to be had for.
type credential struct {
	grant        string // password, client_credentials or refresh_token
	name, secret string // the name of a refresh token is ""
}

// credentials are those of a request, in the order in which they are tried. What was found
// is hidden.
func (i *instance) credentials(x *plugin.Context) (list []credential, res plugin.Result) {
	if i.can.refresh {
		_, token, res := i.pair(x, i.RefreshIn, "", i.RefreshName)
		if res != plugin.Next {
			return nil, res
		}
		if token != "" {
			list = append(list, credential{"refresh_token", "", token})
		}
	}
	var basic string // shown for both
	if i.can.password || i.can.client {
		basic, _ = x.R.In.Get("Authorization")
	}
	for _, g := range []struct {
		on           bool
		grant        string
		places       []string
		name, secret string
	}{
		{i.can.password, "password", i.PasswordIn, "username", "password"},
		{i.can.client, "client_credentials", i.ClientIn, "client_id", "client_secret"},
	} {
		if !g.on {
			continue
		}
		name, secret, res := i.pairOr(x, basic, g.places, g.name, g.secret)
		if res != plugin.Next {
			return nil, res
		}
		if name != "" && secret != "" {
			list = append(list, credential{g.grant, name, secret})
		}
	}
	return list, plugin.Next
}

// pairOr is pair, where the header is one that may have been hidden already.
func (i *instance) pairOr(x *plugin.Context, basic string, places []string, name, secret string) (string, string, plugin.Result) {
	for _, place := range places {
		if place != "header" {
			continue
		}
		if n, s, ok := readBasic(basic); ok {
			if i.Hide {
				x.R.In.Del("Authorization")
			}
			return n, s, plugin.Next
		}
	}
	return i.pair(x, places, name, secret)
}

// pair looks for a secret, and the name that it is of where it has one, in the first of
// several places that has them. The header is that of refresh tokens.
func (i *instance) pair(x *plugin.Context, places []string, name, secret string) (string, string, plugin.Result) {
	for _, place := range places {
		switch place {
		case "header":
			if name != "" {
				continue
			}
			for _, h := range []string{strings.ReplaceAll(secret, "_", "-"), "X-" + strings.ReplaceAll(secret, "_", "-")} {
				if v, ok := x.R.In.Get(h); ok && v != "" {
					if i.Hide {
						x.R.In.Del(h)
					}
					return "", strings.TrimSpace(v), plugin.Next
				}
			}
		case "query":
			n, s := "", x.FindArg(secret).Value
			if name != "" {
				n = x.FindArg(name).Value
			}
			if s == "" || n == "" && name != "" {
				continue
			}
			if i.Hide {
				x.HideArg(secret)
				x.HideArg(name)
			}
			return n, s, plugin.Next
		case "body":
			if kind, _ := x.R.In.Known(http1.ContentType); !isForm(kind) {
				continue
			}
			f, res := x.Fields()
			if res != plugin.Next {
				return "", "", res
			}
			n, s := "", f.Find(secret).Value
			if name != "" {
				n = f.Find(name).Value
			}
			if s == "" || n == "" && name != "" {
				continue
			}
			if i.Hide {
				f.Hide(secret)
				if name != "" {
					f.Hide(name)
				}
			}
			return n, s, plugin.Next
		}
	}
	return "", "", plugin.Next
}

func isForm(kind string) bool {
	return strings.HasPrefix(strings.ToLower(kind), "application/x-www-form-urlencoded")
}

// readBasic reads a header of RFC 7617.
func readBasic(value string) (name, secret string, ok bool) {
	text, ok := plugin.AfterScheme(value, "basic")
	if !ok {
		return "", "", false
	}
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.Trim(text, " \t"), "="))
	if err != nil {
		return "", "", false
	}
	name, secret, ok = strings.Cut(string(b), ":")
	return name, secret, ok && name != "" && secret != ""
}
