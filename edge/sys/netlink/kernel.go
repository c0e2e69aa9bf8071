package netlink

// Kernel is what can be asked and changed. Refusals are of type *Fault.
type Kernel interface {
	Links() ([]Link, error)
	LinkByName(name string) (Link, error)
	LinkByIndex(index int) (Link, error)
	AddMacvlan(Macvlan) (Link, error)
	AddIPVlan(IPVlan) (Link, error)
	SetUp(index int, up bool) error
	DeleteLink(index int) error

	Addresses() ([]Address, error)
	AddAddress(Address) error
	RenewAddress(Address) error // its lifetime begins anew; one that is missing is added
	DeleteAddress(Address) error

	Routes(v6 bool) ([]Route, error)
	HasRoute(Route) (bool, error) // without a list of all
	AddRoute(Route) error         // a fault when it exists
	ReplaceRoute(Route) error     // in place of one with the same destination, table, TOS and metric
	DeleteRoute(Route) error

	Rules(v6 bool) ([]Rule, error)
	AddRule(Rule) error
	DeleteRule(Rule) error

	// Sysctl reads a setting of an interface: net.ipv4.conf.NAME.KEY; without a name net.ipv4.KEY.
	Sysctl(v6 bool, link, key string) (string, error)
	SetSysctl(v6 bool, link, key, value string) error
}

// Watcher hears what changes, see Monitor.
type Watcher interface {
	FD() int
	Read(func(*Change)) error
	Link(index int) (Link, bool)
	LinkByName(name string) (Link, bool)
	Links(func(*Link))
	Addresses(func(*Address))
	Close() error
}

var (
	_ Kernel  = (*Conn)(nil)
	_ Watcher = (*Monitor)(nil)
)
