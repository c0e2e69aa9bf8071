package plane

import (
	"cmp"
	"slices"
	"strings"

	"moongate/gateway/entity"
	"moongate/gateway/meter"
	"moongate/gateway/release"
)

// Class is a class of clients at work.
type Class struct {
	entity.ClientClass
	// Series is where its requests are counted.
	Series meter.Series

	rule   *release.Release // for all but consumers; nil without
	all    bool             // what the rule says and who asks must both be right
	nobody bool             // there is nothing to recognise it by: all are in it
}

// classes are those that there are, the one that counts first at the beginning.
type classes struct {
	list []*Class
	// personal: some go by who has been authenticated.
	personal bool
	// by are the headers of the client that they go by, for Vary.
	by []string
	// none is where requests of no class are counted.
	none *meter.Series
}

// Classes are the classes of clients, the first one that fits counts.
func (p *Plane) Classes() []*Class { return p.classes.list }

// PersonalClasses tells whether a class may become another one when it is known who asks.
func (p *Plane) PersonalClasses() bool { return p.classes.personal }

// ClassHeaders are the headers by which clients are told apart.
func (p *Plane) ClassHeaders() []string { return p.classes.by }

// Classless is where requests of no class are counted, where there are classes.
func (p *Plane) Classless() *meter.Series { return p.classes.none }

// Class is that of a client; nil where it is in none. who is nil before it is known.
func (p *Plane) Class(req *release.Request, who *entity.Consumer) *Class {
	for _, c := range p.classes.list {
		if c.fits(p, req, who) {
			return c
		}
	}
	return nil
}

func (c *Class) fits(p *Plane, req *release.Request, who *entity.Consumer) bool {
	if c.nobody {
		return true
	}
	fits := c.rule != nil && c.rule.Decide(req, 0).Why == release.Always
	switch {
	case !c.Match.Personal():
		return fits
	case c.all && c.rule != nil:
		return fits && c.names(p, who)
	}
	return fits || c.names(p, who)
}

// names tells whether a consumer is one of those that the class names.
func (c *Class) names(p *Plane, who *entity.Consumer) bool {
	if who == nil {
		return false
	}
	for _, name := range c.Match.Consumers {
		if name == who.ID || name == who.Username || name == who.CustomID {
			return true
		}
	}
	return len(c.Match.Groups) > 0 && slices.ContainsFunc(p.Groups(who.ID), func(g string) bool { return slices.Contains(c.Match.Groups, g) })
}

// Why says by what a client is in the class.
func (c *Class) Why(req *release.Request, who *entity.Consumer) string {
	var parts []string
	if c.rule != nil {
		if d := c.rule.Decide(req, 0); d.Why == release.Always {
			_, text, _ := strings.Cut(c.rule.Explain(req, 0, d), ": ")
			_, text, _ = strings.Cut(text, ": ") // "always, clause 1"
			parts = append(parts, text)
		}
	}
	if who != nil && c.Match.Personal() && (parts == nil || c.all) {
		parts = append(parts, "the consumer is "+cmp.Or(who.Username, who.CustomID, who.ID))
	}
	if c.nobody {
		return "everybody is in it"
	}
	return strings.Join(parts, " and ")
}

// class takes a change of a class.
func (k *Keeper) class(c *entity.Change) error {
	e, err := decode[entity.ClientClass](c)
	if err != nil {
		return err
	}
	old := k.next.classes
	next := classes{none: old.none}
	for _, x := range old.list {
		if x.ID != c.ID {
			next.list = append(next.list, x)
		}
	}
	if e != nil {
		x := &Class{ClientClass: *e}
		if err := x.read(); err != nil {
			return err
		}
		next.list = append(next.list, x)
	}
	slices.SortFunc(next.list, func(a, b *Class) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.CreatedAt, b.CreatedAt), strings.Compare(a.ID, b.ID))
	})
	for _, x := range next.list {
		next.personal = next.personal || x.Match.Personal()
		for _, h := range x.headers() {
			if !slices.ContainsFunc(next.by, func(s string) bool { return strings.EqualFold(s, h) }) {
				next.by = append(next.by, h)
			}
		}
	}
	slices.Sort(next.by)
	if next.none == nil {
		next.none = new(meter.Series)
	}
	if len(next.list) == 0 {
		next.none = nil
	}
	k.next.classes = next
	return nil
}

// read makes the rule of what the class says.
func (c *Class) read() (err error) {
	m := &c.Match
	list := clauses(&entity.Match{Mode: m.Mode, Addresses: m.Addresses, Headers: m.Headers, Cookies: m.Cookies, Queries: m.Queries,
		Clients: m.Clients, Versions: m.Versions, VersionFrom: m.VersionFrom}, nil)
	c.all = m.Mode == "all"
	if c.nobody = list == nil && !m.Personal(); list == nil {
		return nil
	}
	c.rule, err = release.New(&release.Spec{Salt: c.ID, Always: list})
	return err
}

// headers are those that the class goes by.
func (c *Class) headers() (list []string) {
	m := &c.Match
	for name := range m.Headers {
		list = append(list, name)
	}
	if len(m.Clients) > 0 {
		list = append(list, "User-Agent")
	}
	if len(m.Versions) > 0 && m.VersionFrom.From == "header" {
		list = append(list, m.VersionFrom.Name)
	}
	if len(m.Cookies) > 0 || len(m.Versions) > 0 && m.VersionFrom.From == "cookie" {
		list = append(list, "Cookie")
	}
	return list
}
