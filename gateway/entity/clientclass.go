package entity

import "moongate/gateway/schema"

// ClientClass is a kind of client: web, ios, android, mini-program, partner. Routes may be
// for some classes only, and plugins may treat them differently. It is ours.
type ClientClass struct {
	Base
	Name     string     `json:"name"`
	Priority int        `json:"priority"` // of several that a client is in, the highest counts
	Match    ClassMatch `json:"match"`
}

// ClassMatch is by what a class is recognised. An empty one is everybody.
type ClassMatch struct {
	Mode        string              `json:"mode"`    // any of the lists below must match, or all that are set
	Clients     []string            `json:"clients"` // by User-Agent, as releases have them
	Headers     map[string][]string `json:"headers"`
	Cookies     map[string][]string `json:"cookies"`
	Queries     map[string][]string `json:"queries"`
	Addresses   []string            `json:"addresses"`
	Versions    []string            `json:"versions"`
	VersionFrom Identity            `json:"version_from"`
	Consumers   []string            `json:"consumers"` // usernames, custom ids or ids
	Groups      []string            `json:"groups"`    // of consumers
}

// Personal tells whether it takes an authenticated consumer to know.
func (m *ClassMatch) Personal() bool { return len(m.Consumers)+len(m.Groups) > 0 }

func clientClasses(o *Outside) *Kind {
	from := identity("version_from", "Where that version comes from.", "header", "header", "cookie", "query")
	from.Shape.Field("name").Default = "X-App-Version"
	word := schema.Field{Kind: schema.String}
	match := required(record("match", "By what a client of the class is recognised; nothing: everybody is.",
		required(oneOf("mode", "any", "Whether any of these must match or all that are set.", "any", "all")),
		set("clients", "Classes of clients, by User-Agent.", oneOf("", nil, "", Clients...)),
		o.valuesByName("headers", "Headers, as a route's.", checkHeaderName),
		o.valuesByName("cookies", "Cookies, as a route's.", checkCookieName),
		o.valuesByName("queries", "Query arguments, as a route's.", anyName),
		array("addresses", "Client addresses and CIDR ranges.", str("", "", checkCIDR)),
		array("versions", "Versions of the client's program: 2.1, >=2.0, <3.", str("", "", checkVersion)),
		from,
		set("consumers", "Consumers, by username, custom_id or id: known once a plugin has authenticated them.", word),
		set("groups", "Groups of consumers (the plugin acl), likewise.", word),
	))
	k := &Kind{
		Name: "client_classes", Path: "client-classes", Key: "name", Ours: true, New: func() any { return new(ClientClass) },
		Schema: &schema.Schema{Name: "client_classes", Doc: "A kind of client, for routes and plugins that tell them apart.", Shape: schema.Shape{
			Fields: entityFields(
				required(nameField("The class's name.")),
				required(integer("priority", 0, -1<<31, 1<<31-1, "Of several classes that a client is in, the one with the highest counts, then the oldest.")),
				match,
			),
		}},
	}
	for i := range k.Schema.Fields {
		k.Schema.Fields[i].Ours = true
	}
	return k
}
