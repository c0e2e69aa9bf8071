package plane

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"moongate/core/errlog"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
)

// asker is a plugin's instance that wants certificates of these authorities.
type asker []string

func (a asker) Asks() []string { return a }

// Whom handshakes ask follows routes, configurations and authorities.
func TestAsks(t *testing.T) {
	w := newWorld(t)
	w.Keeper = NewKeeper([]*plugin.Plugin{{Name: "asker", New: func(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		var ids asker
		return ids, json.Unmarshal(c.Raw, &ids)
	}}}, nil, new(errlog.Log))
	w.state = entity.New(entity.NewModel(entity.Outside{}))
	check := func(want string) {
		t.Helper()
		var got []string
		for _, name := range []string{"a.test", "A.Test", "b.test", ""} {
			list, asks := w.Now().Asks(name)
			text := "-"
			if asks {
				text = ""
				for _, c := range list {
					text += c.Subject.CommonName
				}
			}
			got = append(got, "["+text+"]")
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s, want %s", s, want)
		}
	}
	plugin := func(ca, more string) string {
		return `{"name":"asker","enabled":true,"protocols":["https"],"config":["` + id(ca) + `"]` + more + `}`
	}
	route := func(snis string) string {
		return `{"paths":["/"],"protocols":["https"],"snis":` + snis + `,` + ref("service", "s") + `}`
	}
	check("[-] [-] [-] [-]")
	w.put([3]string{"services", "s", `{"host":"127.0.0.1","port":1,"protocol":"http","enabled":true}`}, [3]string{"routes", "r", route(`["A.test"]`)},
		[3]string{"ca_certificates", "x", pair(t, "x")}, [3]string{"ca_certificates", "y", pair(t, "y")})
	check("[-] [-] [-] [-]")
	w.put([3]string{"plugins", "p", plugin("x", ","+ref("route", "r"))})
	check("[x] [x] [-] [-]")
	w.put([3]string{"routes", "r", route(`["b.test"]`)})
	check("[-] [-] [x] [-]")
	w.put([3]string{"routes", "r", route(`null`)})
	check("[x] [x] [x] [x]")
	w.put([3]string{"routes", "r", route(`["a.test"]`)}, [3]string{"plugins", "q", plugin("y", ","+ref("service", "s"))})
	check("[yx] [yx] [y] [y]")
	w.put([3]string{"ca_certificates", "y", ""})
	check("[x] [x] [] []")
	w.put([3]string{"plugins", "q", plugin("y", `,"enabled":false`)}, [3]string{"plugins", "p", ""})
	check("[-] [-] [-] [-]")
	if c := w.Now().Authority(id("x")); c == nil || c.Subject.CommonName != "x" || w.Now().Authority(id("y")) != nil {
		t.Error(fmt.Sprint(c))
	}
}
