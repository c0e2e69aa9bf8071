package netlink

func key(a *Address) addressKey { return addressKey{a.Index, a.Prefix, a.Peer} }

// Link is an interface as the news have it so far.
func (m *Monitor) Link(index int) (Link, bool) {
	l, ok := m.links[index]
	return l, ok
}

// LinkByName is an interface as the news have it so far.
func (m *Monitor) LinkByName(name string) (Link, bool) {
	for _, l := range m.links {
		if l.Name == name {
			return l, true
		}
	}
	return Link{}, false
}

// Links calls f for all interfaces, in no order.
func (m *Monitor) Links(f func(*Link)) {
	for _, l := range m.links {
		f(&l)
	}
}

// Addresses calls f for all addresses, in no order, if the Monitor is interested in them.
func (m *Monitor) Addresses(f func(*Address)) {
	for _, a := range m.addrs {
		f(&a)
	}
}

// setLink tells whether there is something new. The kernel also tells of changes that
// are none for us, such as statistics of wireless cards.
func (m *Monitor) setLink(l Link) bool {
	if old, ok := m.links[l.Index]; ok && old == l {
		return false
	}
	m.links[l.Index] = l
	return true
}

// dropLink also forgets the addresses: the kernel need not tell of each.
func (m *Monitor) dropLink(index int, f func(*Change)) {
	l, ok := m.links[index]
	if !ok {
		return
	}
	for k, a := range m.addrs {
		if a.Index == index {
			delete(m.addrs, k)
			f(&Change{What: AddressRemoved, Address: a})
		}
	}
	delete(m.links, index)
	f(&Change{What: LinkGone, Link: l})
}

func (m *Monitor) setAddress(a Address) bool {
	if old, ok := m.addrs[key(&a)]; ok && old == a {
		return false
	}
	m.addrs[key(&a)] = a
	return true
}

func (m *Monitor) dropAddress(a *Address) bool {
	_, ok := m.addrs[key(a)]
	delete(m.addrs, key(a))
	return ok
}

// resync asks for everything and hands on what differs from what is known. News that
// are still in the socket repeat it, which is found to be nothing new, or are older
// than the lists: then the next piece of news about the same thing is there too.
func (m *Monitor) resync(f func(*Change)) error {
	links, err := m.conn.Links()
	if err != nil {
		return err
	}
	var addrs []Address
	if m.want.Addresses {
		if addrs, err = m.conn.Addresses(); err != nil {
			return err
		}
	}
	if m.links == nil {
		m.links, m.addrs = map[int]Link{}, map[addressKey]Address{}
	}
	now := make(map[int]bool, len(links))
	for _, l := range links {
		now[l.Index] = true
	}
	there := make(map[addressKey]bool, len(addrs))
	for i := range addrs {
		there[key(&addrs[i])] = true
	}
	for k, a := range m.addrs {
		if !there[k] {
			delete(m.addrs, k)
			f(&Change{What: AddressRemoved, Address: a})
		}
	}
	for index := range m.links {
		if !now[index] {
			m.dropLink(index, f)
		}
	}
	for _, l := range links {
		if m.setLink(l) {
			f(&Change{What: LinkChanged, Link: l})
		}
	}
	for _, a := range addrs {
		if m.setAddress(a) {
			f(&Change{What: AddressAdded, Address: a})
		}
	}
	return nil
}
