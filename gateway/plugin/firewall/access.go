package firewall

import "moongate/gateway/plugin"

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	if i.Mode == "off" {
		return plugin.Next
	}
	q := ofRequest(x)
	if v := i.simple(&q); v != nil {
		return i.decide(x, v)
	}
	if i.bots != nil {
		why, claims := i.bots.judge(&q)
		if claims != nil && q.addr.IsValid() && verified.ask(claims, q.addr) == no {
			why = "the address is not one of " + claims.says
		}
		if why != "" {
			return i.decide(x, botVerdict(why))
		}
	}
	if i.engine == nil {
		i.count(&verdict{action: "pass"})
		return plugin.Next
	}
	return i.ask(x, &q)
}

// simple is the verdict of the rules, nil where none fits.
func (i *instance) simple(q *asked) *verdict {
	k := first(i.rules, q)
	if k < 0 {
		return nil
	}
	v := &verdict{action: "allow", group: "rules", rule: called(i.rules, k), status: i.rules[k].status, why: "an own rule fits"}
	if i.rules[k].deny {
		v.action = "deny"
	}
	return v
}

func botVerdict(why string) *verdict {
	return &verdict{action: "deny", group: "bots", rule: "bots", why: why}
}

// groups are the files of the core rule set, in the words of its tags where it has such.
var groups = map[int]string{
	911: "method", 913: "scanner", 920: "protocol", 921: "protocol-attack", 922: "multipart", 930: "lfi", 931: "rfi", 932: "rce", 933: "php", 934: "generic",
	941: "xss", 942: "sqli", 943: "session-fixation", 944: "java", 949: "score", 950: "leak", 951: "leak-sql", 952: "leak-java", 953: "leak-php", 954: "leak-iis",
	955: "web-shell", 956: "leak-ruby", 959: "score", 980: "score", 200: "body",
}

// groupOf is the group of a rule: one of these few, whatever rules there are.
func groupOf(id int) string {
	if g, ok := groups[id/1000]; ok {
		return g
	}
	return "own"
}
