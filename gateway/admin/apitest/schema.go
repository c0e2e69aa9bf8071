package apitest

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Check judges a value by a schema. The first fault is told.
func (d *Document) Check(s object, v any) error { return d.check(s, v, "") }

func (d *Document) check(s object, v any, at string) error {
	s, err := d.follow(s)
	if err != nil {
		return err
	}
	for word, arg := range s {
		rule := rules[word]
		if rule == nil {
			if said[word] || strings.HasPrefix(word, "x-") {
				continue
			}
			return fmt.Errorf("%s: the schema has the word %q, which means nothing here", at, word)
		}
		if err := rule(d, s, arg, v, at); err != nil {
			return err
		}
	}
	return nil
}

// said are words that judge nothing by themselves.
var said = map[string]bool{"title": true, "description": true, "default": true, "readOnly": true, "writeOnly": true, "discriminator": true}

type rule func(d *Document, s object, arg, v any, at string) error

var rules map[string]rule

func init() {
	rules = map[string]rule{ // they call check, which looks here
		"type": func(_ *Document, _ object, arg, v any, at string) error {
			names, many := arg.([]any)
			if !many {
				names = []any{arg}
			}
			for _, name := range names {
				if is(name.(string), v) {
					return nil
				}
			}
			return fmt.Errorf("%s: %v is no %v", at, v, arg)
		},
		"const":   func(_ *Document, _ object, arg, v any, at string) error { return among([]any{arg}, v, at) },
		"enum":    func(_ *Document, _ object, arg, v any, at string) error { return among(arg.([]any), v, at) },
		"minimum": number(func(n, arg float64) bool { return n >= arg }), "maximum": number(func(n, arg float64) bool { return n <= arg }),
		"exclusiveMinimum": number(func(n, arg float64) bool { return n > arg }),
		"minLength":        sized(func(n, arg int) bool { return n >= arg }), "maxLength": sized(func(n, arg int) bool { return n <= arg }),
		"minItems": sized(func(n, arg int) bool { return n >= arg }), "maxItems": sized(func(n, arg int) bool { return n <= arg }),
		"minProperties": sized(func(n, arg int) bool { return n >= arg }), "maxProperties": sized(func(n, arg int) bool { return n <= arg }),
		"uniqueItems": func(_ *Document, _ object, _, v any, at string) error {
			list, _ := v.([]any)
			for i := range list {
				if slices.ContainsFunc(list[:i], func(x any) bool { return reflect.DeepEqual(x, list[i]) }) {
					return fmt.Errorf("%s: %v is there twice", at, list[i])
				}
			}
			return nil
		},
		"pattern": func(_ *Document, _ object, arg, v any, at string) error {
			text, is := v.(string)
			if re, err := regexp.Compile(arg.(string)); err != nil || is && !re.MatchString(text) {
				return fmt.Errorf("%s: %v does not match %v", at, v, arg)
			}
			return nil
		},
		"format":     format,
		"required":   required,
		"properties": properties,
		"additionalProperties": func(d *Document, s object, arg, v any, at string) error {
			known := in(s, "properties")
			return each(v, func(name string, e any) error {
				if known[name] != nil {
					return nil
				}
				if of, is := arg.(object); is {
					return d.check(of, e, at+"/"+name)
				}
				return fmt.Errorf("%s: there is a field %q, which is not told", at, name)
			})
		},
		"propertyNames": func(d *Document, _ object, arg, v any, at string) error {
			return each(v, func(name string, _ any) error { return d.check(arg.(object), name, at+"/"+name) })
		},
		"items": func(d *Document, _ object, arg, v any, at string) error {
			list, _ := v.([]any)
			for i, e := range list {
				if err := d.check(arg.(object), e, fmt.Sprint(at, "/", i)); err != nil {
					return err
				}
			}
			return nil
		},
		"$ref": func(*Document, object, any, any, string) error { return nil }, // followed
		"not":  func(d *Document, _ object, arg, v any, at string) error { return count(d, []any{arg}, v, at, 0, 0) },
		"allOf": func(d *Document, _ object, arg, v any, at string) error {
			n := len(arg.([]any))
			return count(d, arg, v, at, n, n)
		},
		"anyOf": func(d *Document, _ object, arg, v any, at string) error {
			return count(d, arg, v, at, 1, len(arg.([]any)))
		},
		"oneOf": func(d *Document, _ object, arg, v any, at string) error { return count(d, arg, v, at, 1, 1) },
	}
}

func is(name string, v any) bool {
	switch v := v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case float64:
		return name == "number" || name == "integer" && v == float64(int64(v))
	case []any:
		return name == "array"
	}
	return name == "object"
}

func among(list []any, v any, at string) error {
	if slices.ContainsFunc(list, func(e any) bool { return reflect.DeepEqual(e, v) }) {
		return nil
	}
	return fmt.Errorf("%s: %v is none of %v", at, v, list)
}

// number makes a rule that holds for numbers only, as do those below for their kinds.
func number(holds func(n, arg float64) bool) rule {
	return func(_ *Document, _ object, arg, v any, at string) error {
		if n, is := v.(float64); is && !holds(n, arg.(float64)) {
			return fmt.Errorf("%s: %v is out of bounds (%v)", at, v, arg)
		}
		return nil
	}
}

func sized(holds func(n, arg int) bool) rule {
	return func(_ *Document, s object, arg, v any, at string) error {
		n := 0
		switch v := v.(type) {
		case string:
			n = utf8.RuneCountInString(v)
		case []any:
			n = len(v)
		case object:
			n = len(v)
		default:
			return nil
		}
		if !holds(n, int(arg.(float64))) {
			return fmt.Errorf("%s: the length of %v is out of bounds (%v)", at, v, arg)
		}
		return nil
	}
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func format(_ *Document, _ object, arg, v any, at string) error {
	text, is := v.(string)
	ok := !is
	switch arg {
	case "uuid":
		ok = ok || uuid.MatchString(text)
	case "date-time":
		_, err := time.Parse(time.RFC3339, text)
		ok = ok || err == nil
	}
	if !ok {
		return fmt.Errorf("%s: %v is no %v", at, v, arg)
	}
	return nil
}

func each(v any, f func(name string, e any) error) error {
	o, _ := v.(object)
	for name, e := range o {
		if err := f(name, e); err != nil {
			return err
		}
	}
	return nil
}

func required(_ *Document, _ object, arg, v any, at string) error {
	o, is := v.(object)
	for _, name := range arg.([]any) {
		if _, there := o[name.(string)]; is && !there {
			return fmt.Errorf("%s: %v is not there", at, name)
		}
	}
	return nil
}

func properties(d *Document, _ object, arg, v any, at string) error {
	return each(v, func(name string, e any) error {
		if of, told := arg.(object)[name].(object); told {
			return d.check(of, e, at+"/"+name)
		}
		return nil
	})
}

// count wants so many of the schemas to hold.
func count(d *Document, list, v any, at string, least, most int) error {
	n := 0
	var why []string
	for _, s := range list.([]any) {
		if err := d.check(s.(object), v, at); err != nil {
			why = append(why, err.Error())
		} else {
			n++
		}
	}
	if n < least || n > most {
		return fmt.Errorf("%s: %d of %d schemas fit: %s", at, n, len(list.([]any)), strings.Join(why, "; "))
	}
	return nil
}
