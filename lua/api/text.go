package api

import (
	"sort"

	"moongate/edge/native/luajit"
)

// appendArg appends an argument as ngx.say prints it. why is the text of the error for
// what it can't print.
func appendArg(dst []byte, c *luajit.Call, i int) (out []byte, why string) {
	v := c.Arg(i)
	switch v.Type() {
	case luajit.TTable:
		vs, ok := c.Flatten(i, 64)
		if !ok {
			return dst, "bad data type table found"
		}
		dst, _, why = appendArray(dst, vs, 0, len(vs), false)
		return dst, why
	case luajit.TString, luajit.TNumber, luajit.TNil, luajit.TNone, luajit.TBoolean, luajit.TLightUserdata:
		dst, _ = appendScalar(dst, v)
		return dst, ""
	}
	return dst, "string, number, boolean, nil, ngx.null, or array table expected, but got " + v.Type().String()
}

func appendScalar(dst []byte, v luajit.Value) ([]byte, bool) {
	switch v.Type() {
	case luajit.TString:
		return append(dst, v.Str()...), true
	case luajit.TNumber:
		return luajit.AppendNumber(dst, v.Num()), true
	case luajit.TNil, luajit.TNone:
		return append(dst, "nil"...), true
	case luajit.TBoolean:
		if v.Bool() {
			return append(dst, "true"...), true
		}
		return append(dst, "false"...), true
	case luajit.TLightUserdata:
		if v.Pointer() == nil {
			dst = append(dst, "null"...)
		}
		return dst, true
	}
	return dst, false
}

// item is one element of an array: key, and where its value stands.
type item struct {
	key int
	at  int
}

// appendArray appends the elements of a flattened array in the order of their keys
// (ngx_http_lua_copy_str_in_table); vs[from:to] are its pairs.
func appendArray(dst []byte, vs luajit.Values, from, to int, strict bool) ([]byte, int, string) {
	var few [32]item
	items := few[:0]
	sorted := true
	i := from
	for i < to && vs[i].Type() != luajit.TEnd {
		k := vs[i]
		n := int(k.Num())
		if k.Type() != luajit.TNumber || float64(n) != k.Num() || n < 1 {
			return dst, i, "non-array table found"
		}
		if len(items) > 0 && items[len(items)-1].key > n {
			sorted = false
		}
		items = append(items, item{n, i + 1})
		i = skip(vs, i+1)
	}
	if !sorted {
		sort.Slice(items, func(a, b int) bool { return items[a].key < items[b].key })
	}
	next := 1
	for _, it := range items {
		for ; next < it.key; next++ {
			if strict {
				return dst, i, "bad data type nil found"
			}
			dst = append(dst, "nil"...)
		}
		next++
		v := vs[it.at]
		switch {
		case v.Type() == luajit.TTable:
			var why string
			if dst, _, why = appendArray(dst, vs, it.at+1, to, strict); why != "" {
				return dst, i, why
			}
		case strict && v.Type() != luajit.TString && v.Type() != luajit.TNumber:
			return dst, i, "bad data type " + v.Type().String() + " found"
		default:
			var ok bool
			if dst, ok = appendScalar(dst, v); !ok {
				return dst, i, "bad data type " + v.Type().String() + " found"
			}
		}
	}
	return dst, i, ""
}

// skip is the index behind the value at i.
func skip(vs luajit.Values, i int) int {
	if vs[i].Type() == luajit.TTable {
		return i + vs[i].Len() + 2
	}
	return i + 1
}
