package conf

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A Key is the typed handle of one weft.* key. The handles are declared in keys.go; nobody else
// makes one.
type Key[T any] struct {
	info  *KeyInfo
	parse func(string) (T, error)
}

// KeyInfo is what the documentation prints about a key.
type KeyInfo struct {
	Name    string
	Type    string // size, duration, integer, number, switch, fraction, text or list
	Default string // as it would be written; empty: unset
	Since   string // weft version that brought it
	Doc     string // one sentence

	check func(string) error
}

// Name is the key as it is written in files and flags.
func (k Key[T]) Name() string { return k.info.Name }

// Get is the value in force. The zero value is returned for a key that is unset and has no
// default; IsSet tells the two apart.
func (k Key[T]) Get(c *Conf) T {
	text := c.text(k.info)
	if text == "" {
		var zero T
		return zero
	}
	v, err := k.parse(text)
	if err != nil {
		panic(fmt.Sprintf("conf: %s passed its check and does not parse: %v", k.info.Name, err))
	}
	return v
}

// IsSet reports whether anything but the default says what the key is.
func (k Key[T]) IsSet(c *Conf) bool {
	all := c.values[k.info.Name]
	return len(all) > 0 && all[0].Value != ""
}

// registry lists every key in the order of keys.go. It is filled while the package's variables
// are initialised and read-only from then on.
var registry = &table{byName: map[string]*KeyInfo{}}

type table struct {
	keys   []*KeyInfo
	byName map[string]*KeyInfo
}

// Keys lists every key weft knows, in the order of the documentation.
func Keys() []KeyInfo {
	out := make([]KeyInfo, len(registry.keys))
	for i, k := range registry.keys {
		out[i] = *k
	}
	return out
}

// declare makes the handle of one row. A default that its own parser refuses is a bug.
func declare[T any](kind, name, def, since, doc string, parse func(string) (T, error)) Key[T] {
	info := &KeyInfo{Name: name, Type: kind, Default: def, Since: since, Doc: doc}
	info.check = func(s string) error {
		_, err := parse(s)
		return err
	}
	if registry.byName[name] != nil {
		panic("conf: key declared twice: " + name)
	}
	if def != "" && info.check(def) != nil {
		panic("conf: bad default of " + name)
	}
	registry.keys = append(registry.keys, info)
	registry.byName[name] = info
	return Key[T]{info: info, parse: parse}
}

func size(name, def, since string, bare Size, doc string) Key[Size] {
	return declare("size", name, def, since, doc+bareSize(bare),
		func(s string) (Size, error) { return ParseSize(s, bare) })
}

// bareSize says in the documentation what a number without unit means.
func bareSize(unit Size) string {
	if unit == MiB {
		return " A bare number counts MiB."
	}
	return " A bare number counts bytes."
}

func duration(name, def, since, doc string) Key[time.Duration] {
	return declare("duration", name, def, since, doc+" A bare number counts milliseconds.",
		func(s string) (time.Duration, error) { return ParseDuration(s, time.Millisecond) })
}

func seconds(name, def, since, doc string) Key[time.Duration] {
	return declare("duration", name, def, since, doc+" A bare number counts seconds.",
		func(s string) (time.Duration, error) { return ParseDuration(s, time.Second) })
}

// integer declares a whole number that is at least least.
func integer(name, def, since string, least int, doc string) Key[int] {
	return declare("integer", name, def, since, doc, func(s string) (int, error) {
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
		if err != nil || int(n) < least {
			return 0, fmt.Errorf("number %q: want a whole number from %d on", s, least)
		}
		return int(n), nil
	})
}

// number declares a number that is at least least and at most a million.
func number(name, def, since string, least float64, doc string) Key[float64] {
	const most = 1e6
	return declare("number", name, def, since, doc, func(s string) (float64, error) {
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || !(f >= least && f <= most) {
			return 0, fmt.Errorf("number %q: want one from %g to %g", s, least, most)
		}
		return f, nil
	})
}

func toggle(name, def, since, doc string) Key[bool] {
	return declare("switch", name, def, since, doc, parseBool)
}

func fraction(name, def, since, doc string) Key[float64] {
	return declare("fraction", name, def, since, doc, parseFraction)
}

func text(name, def, since, doc string) Key[string] {
	return declare("text", name, def, since, doc, func(s string) (string, error) { return s, nil })
}

// identifier declares a text of letters, digits and underscores: it becomes part of the name of an
// environment variable.
func identifier(name, def, since, doc string) Key[string] {
	allowed := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	return declare("text", name, def, since, doc, func(s string) (string, error) {
		if s = strings.TrimSpace(s); !allowed.MatchString(s) {
			return "", fmt.Errorf("%q: want letters, digits and underscores", s)
		}
		return s, nil
	})
}

func list(name, def, since, doc string) Key[[]string] {
	return declare("list", name, def, since, doc,
		func(s string) ([]string, error) { return splitList(s), nil })
}

// choice declares a text that is one of the given words, whatever their case.
func choice(name, def, since, doc string, words ...string) Key[string] {
	return declare("text", name, def, since, doc, func(s string) (string, error) {
		for _, w := range words {
			if strings.EqualFold(w, strings.TrimSpace(s)) {
				return w, nil
			}
		}
		return "", fmt.Errorf("%q: want %s", s, strings.Join(words, " or "))
	})
}
