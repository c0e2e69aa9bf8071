package luajit

// #include "bridge.h"
import "C"

import (
	"math"
	"strconv"
	"unsafe"
)

// Type of a Lua value, numbered as lua.h does.
type Type int32

const (
	TNone          Type = -1
	TNil           Type = 0
	TBoolean       Type = 1
	TLightUserdata Type = 2
	TNumber        Type = 3
	TString        Type = 4
	TTable         Type = 5
	TFunction      Type = 6
	TUserdata      Type = 7
	TThread        Type = 8
	TCdata         Type = 10
	TEnd           Type = 100 // closes a flattened table
)

var typeNames = [...]string{"nil", "boolean", "userdata", "number", "string", "table", "function", "userdata", "thread", "proto", "cdata"}

// String is the name type() gives in Lua.
func (t Type) String() string {
	if t < 0 || int(t) >= len(typeNames) {
		return "no value"
	}
	return typeNames[t]
}

// Value is one Lua value as C described it. It lives in C memory or is a copy of it; a string in it is a view.
type Value struct {
	kind uint32
	n    uint32
	bits uint64
}

var none = Value{kind: uint32(0xFFFFFFFF)}

func (v Value) Type() Type  { return Type(int32(v.kind)) }
func (v Value) IsNil() bool { return int32(v.kind) <= 0 }

// Bool is Lua's truth: everything but nil and false.
func (v Value) Bool() bool { return !v.IsNil() && (Type(v.kind) != TBoolean || v.bits != 0) }

// Num is the number, or 0 for anything else. No string is converted.
func (v Value) Num() float64 {
	if Type(v.kind) != TNumber {
		return 0
	}
	return math.Float64frombits(v.bits)
}

// Str is a view of the string, or "" for anything else. No number is converted.
func (v Value) Str() string {
	if Type(v.kind) != TString || v.n == 0 {
		return ""
	}
	return unsafe.String((*byte)(address(v.bits)), int(v.n))
}

// Pointer is the address inside a lightuserdata, of a userdata's or cdata's content, or the identity of a table,
// function or thread.
func (v Value) Pointer() unsafe.Pointer {
	switch Type(v.kind) {
	case TNumber, TString, TBoolean, TNil, TNone, TEnd:
		return nil
	}
	return address(v.bits)
}

// Handle is the integer that Tape.Handle put into a userdata.
func (v Value) Handle() (int64, bool) {
	if Type(v.kind) != TUserdata || v.n != 8 {
		return 0, false
	}
	return *(*int64)(address(v.bits)), true
}

// SetHandle replaces the integer in a userdata made by Tape.Handle.
func (v Value) SetHandle(h int64) {
	if Type(v.kind) == TUserdata && v.n == 8 {
		*(*int64)(address(v.bits)) = h
	}
}

// Len is the number of records between a flattened table and its TEnd.
func (v Value) Len() int { return int(v.n) }

// Text is the string, or the number as Lua prints it.
func (v Value) Text() (string, bool) {
	switch Type(v.kind) {
	case TString:
		return v.Str(), true
	case TNumber:
		return string(AppendNumber(nil, v.Num())), true
	}
	return "", false
}

// AppendText appends what Text gives, without an allocation of its own.
func (v Value) AppendText(dst []byte) ([]byte, bool) {
	switch Type(v.kind) {
	case TString:
		return append(dst, v.Str()...), true
	case TNumber:
		return AppendNumber(dst, v.Num()), true
	}
	return dst, false
}

// AppendNumber prints f as Lua does: "%.14g".
func AppendNumber(dst []byte, f float64) []byte {
	if i := int64(f); float64(i) == f && i > -1e14 && i < 1e14 && (i != 0 || !math.Signbit(f)) {
		return strconv.AppendInt(dst, i, 10)
	}
	switch {
	case f != f:
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	}
	return strconv.AppendFloat(dst, awayFromTie(f), 'g', 14, 64)
}

// awayFromTie moves a number that lies exactly between two printed ones outward: LuaJIT rounds those away from zero,
// strconv to even.
func awayFromTie(f float64) float64 {
	var buf [64]byte
	s := strconv.AppendFloat(buf[:0], math.Abs(f), 'e', 40, 64)
	// d.ddddddddddddd5000...e+00: the fifteenth digit is s[15]
	if s[15] != '5' {
		return f
	}
	for _, c := range s[16:42] {
		if c != '0' {
			return f
		}
	}
	return math.Nextafter(f, math.Inf(int(math.Copysign(1, f))))
}

// address turns an integer that C wrote into a pointer into C's memory, which Go's collector doesn't move or free.
func address(bits uint64) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&bits))
}

func values(p *C.mg_value, n int) []Value {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*Value)(unsafe.Pointer(p)), n)
}
