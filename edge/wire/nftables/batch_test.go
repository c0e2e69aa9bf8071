package nftables

import (
	"fmt"
	"strings"
	"testing"

	"moongate/edge/wire/nlmsg"
)

// show writes attributes, and those in them down to a depth.
func show(b []byte, depth int) string {
	var parts []string
	for kind, v := range nlmsg.Attrs(b) {
		inner := ""
		if depth > 0 && len(v) >= 8 {
			inner = show(v, depth-1)
		}
		if inner != "" {
			parts = append(parts, fmt.Sprintf("%d{%s}", kind, inner))
			continue
		}
		parts = append(parts, fmt.Sprintf("%d=%x", kind, v))
	}
	return strings.Join(parts, " ")
}

// messages are those of a batch: type, flags, sequence number, family and attributes.
func messages(t *testing.T, b *Batch, depth int) (list []string) {
	for rest := b.Bytes(); len(rest) > 0; {
		h, body, more, err := nlmsg.Next(rest)
		if err != nil {
			t.Fatal(err)
		}
		rest = more
		text := fmt.Sprintf("%x %x %d", h.Type, h.Flags, h.Seq)
		if h.Type>>8 == subsystem {
			text += fmt.Sprintf(" family %d: %s", body[0], show(body[4:], depth))
		}
		list = append(list, text)
	}
	return list
}

// Written by hand after linux/netfilter/nf_tables.h.
func TestBatch(t *testing.T) {
	table := Table{Family: 2, Name: "t"}
	b := &Batch{Ack: true, Seq: 7}
	b.Begin()
	if !b.Blank {
		t.Error("a batch begins with something in it")
	}
	b.MakeTable(table)
	s := &Set{Name: "s", KeyType: TypeIPv4, KeyLen: 4, Timeout: 1000}
	b.Set(table, s)
	b.Chain(table, "c")
	b.DropSet(table, "s")
	b.DropChain(table, "c")
	b.End()
	want := []string{
		"10 1 8",
		"a00 405 9 family 2: 1=7400 2=00000000",
		"a09 405 10 family 2: 1=7400 2=7300 3=00000000 4=00000007 5=00000004 10=00000001 11=00000000000003e8",
		"a03 405 11 family 2: 1=7400 3=6300",
		"a0b 5 12 family 2: 1=7400 2=7300",
		"a08 5 13 family 2: 1=7400 2=6300",
		"a05 5 14 family 2: 1=7400 3=6300",
		"11 1 15",
	}
	if got := messages(t, b, 0); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if b.Blank || b.First != 8 || s.ID != 1 {
		t.Errorf("blank %v, first %d, the set is %d", b.Blank, b.First, s.ID)
	}
	b.Begin()
	if b.First != 16 || !b.Blank {
		t.Errorf("the next begins with %d", b.First)
	}
}

func TestRule(t *testing.T) {
	table := Table{Family: 1, Name: "t"}
	b := &Batch{}
	b.Rule(table, "c", true, func() {
		b.Payload(Network, 16, 4, Reg1)
		b.Lookup("s", 0, Reg1, Nowhere)
		b.Decide(Goto, "d")
	})
	b.Rule(table, "c", false, func() { b.DNAT(2, Reg1, Nowhere) })
	expr := func(name, data string) string { return fmt.Sprintf("1{1=%x00 2{%s}}", name, data) }
	want := []string{
		"a06 c01 1 family 1: 1=7400 2=6300 4{" + strings.Join([]string{
			expr("payload", "1=00000001 2=00000001 3=00000010 4=00000004"),
			expr("lookup", "1=7300 2=00000001"),
			expr("immediate", "1=00000000 2{2{1=fffffffc 2=6400}}"),
		}, " ") + "}",
		"a06 401 2 family 1: 1=7400 2=6300 4{" + expr("nat", "1=00000001 2=00000002 3=00000001") + "}",
	}
	for i, got := range messages(t, b, 5) {
		if got != want[i] {
			t.Errorf("got\n%s\nwant\n%s", got, want[i])
		}
	}
}

// More elements than an attribute holds go into several messages.
func TestElements(t *testing.T) {
	b := &Batch{}
	list := make([]Element, perMessage+1)
	for i := range list {
		list[i] = Element{Key: []byte{1, 2, 3, 4}, Value: []byte{5, 6, 7, 8}}
	}
	b.Add(Table{Family: 1, Name: "t"}, "s", 3, list...)
	got := messages(t, b, 0)
	if len(got) != 2 || !strings.HasPrefix(got[1], "a0c 401 2 family 1: 1=7400 2=7300 4=00000003 3=") {
		t.Errorf("%d messages, the last %.80s", len(got), got[len(got)-1])
	}
	b = &Batch{}
	b.Remove(Table{Family: 1, Name: "t"}, "s", Element{Key: []byte{1, 2, 3, 4}, Chain: "c"})
	if got, want := messages(t, b, 5)[0], "a0e 1 1 family 1: 1=7400 2=7300 3{1{1{1=01020304} 2{2{1=fffffffc 2=6300}}}}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
