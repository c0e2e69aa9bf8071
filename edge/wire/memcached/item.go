package memcached

// end is what stands behind the bytes of an item.
const end = "\r\nEND\r\n"

// Item takes the bytes of an item off what stands behind them.
type Item struct {
	left int64 // bytes of the item to come
	seen int   // of end
}

// Begin prepares for an item of so many bytes.
func (i *Item) Begin(length int64) { *i = Item{left: length} }

// None prepares for nothing at all, as behind a miss.
func (i *Item) None() { *i = Item{seen: len(end)} }

// Next takes bytes that have come: data is the part of them that belongs to the
// item. ok false means that something else than the end stands behind the item;
// done is then true as well, as it all has come.
func (i *Item) Next(in []byte) (data []byte, done, ok bool) {
	n := min(int64(len(in)), i.left)
	data, in = in[:n], in[n:]
	i.left -= n
	if len(in) > len(end)-i.seen || string(in) != end[i.seen:i.seen+len(in)] {
		i.seen = len(end)
		return data, true, false
	}
	i.seen += len(in)
	return data, i.Wanted() == 0, true
}

// Wanted is the number of bytes that are still to come.
func (i *Item) Wanted() int64 { return i.left + int64(len(end)-i.seen) }
