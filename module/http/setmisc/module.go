package setmisc

import (
	"encoding/base32"
	"maps"
	"slices"
	"sync/atomic"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is set-misc-nginx-module.
var Module = &httpd.Module{
	Name:    "set_misc",
	Doc:     "Gives variables computed values.",
	NewMain: func() any { return &mainConf{lists: map[string][]string{}} },
	NewConf: func() any { return new(conf) },
	Merge:   merge,
}

// mainConf is what exists once.
type mainConf struct{ lists map[string][]string }

// conf is what a level says.
type conf struct {
	padding  directive.Value[bool]
	alphabet directive.Value[string]
	base32   *base32.Encoding // without padding, for both directions
	rotated  atomic.Int64     // what set_rotate came to last, plus 1; 0 before
}

const (
	inBlocks = directive.Server | directive.ServerIf | directive.Location | directive.LocationIf
	levels   = inBlocks | directive.HTTP
)

func init() {
	// Steps refer to the module: filled in here to break that ring.
	for _, name := range slices.Sorted(maps.Keys(converters)) {
		row(name, directive.Take12, "$variable [value]", "Converts a value.", readConvert(converters[name]))
	}
	row("set_if_empty", directive.Take2, "$variable value", "Sets a variable that is empty.", readIfEmpty)
	row("set_hmac_sha1", directive.Take3, "$variable secret text", "Signs a text.", readMany(2, hmacSHA1))
	row("set_hmac_sha256", directive.Take3, "$variable secret text", "Signs a text.", readMany(2, hmacSHA256))
	row("set_random", directive.Take3, "$variable from to", "A random number.", readMany(2, random))
	row("set_secure_random_alphanum", directive.Take2, "$variable length", "Random letters and digits.", readMany(1, secureRandom(alphanum)))
	row("set_secure_random_lcalpha", directive.Take2, "$variable length", "Random small letters.", readMany(1, secureRandom(lcalpha)))
	row("set_rotate", directive.Take3, "$variable from to", "The next number of a range.", readRotate)
	row("set_local_today", directive.Take1, "$variable", "The date here.", readMany(0, localToday))
	row("set_formatted_local_time", directive.Take2, "$variable format", "The time here.", readMany(1, formattedLocal))
	row("set_formatted_gmt_time", directive.Take2, "$variable format", "The time in Greenwich.", readMany(1, formattedGMT))
	row("set_hashed_upstream", directive.Take3, "$variable list key", "One of the upstreams of a list, by a hash of the key.", readHashed)
	padding := func(c *conf) *directive.Value[bool] { return &c.padding }
	Module.Directives = append(Module.Directives,
		directive.Directive{Name: "upstream_list", Syntax: "name upstream ...", In: directive.HTTP, Args: directive.TwoMore, Doc: "Names several upstreams, for set_hashed_upstream.",
			Set: directive.Func(readList)},
		directive.Directive{Name: "set_base32_padding", In: levels, Args: directive.FlagArg, Default: "on", Doc: "Whether set_encode_base32 pads with =.",
			Set: directive.Flag(padding)},
		directive.Directive{Name: "set_misc_base32_padding", In: levels, Args: directive.FlagArg, Doc: "The old name of set_base32_padding.",
			Set: directive.Flag(padding).Then(func(c *directive.Call, _ *conf) error { c.Deprecated("set_base32_padding"); return nil })},
		directive.Directive{Name: "set_base32_alphabet", Syntax: "alphabet", In: levels, Args: directive.Take1, Default: hexAlphabet, Doc: "The 32 digits of base 32.",
			Set: directive.Str(func(c *conf) *directive.Value[string] { return &c.alphabet }).Then(checkAlphabet)})
}

func row(name string, args directive.Args, syntax, doc string, set func(*directive.Call) error) {
	Module.Directives = append(Module.Directives, directive.Directive{Name: name, Syntax: syntax, In: inBlocks, Args: args, Doc: doc,
		Set: directive.Func(func(c *directive.Call, _ *conf) error { return set(c) })})
}

func merge(_ *httpd.Builder, _, child any) error {
	c := child.(*conf)
	c.base32 = base32.NewEncoding(c.alphabet.V).WithPadding(base32.NoPadding)
	return nil
}
