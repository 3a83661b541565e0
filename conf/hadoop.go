package conf

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Hadoop is a Hadoop configuration: what org.apache.hadoop.conf.Configuration would hold after
// reading the same files.
type Hadoop struct {
	// values keeps for each key every setting, the one in force first. An entry is never empty.
	values map[string][]Setting
	// final keys take no value from a later file.
	final map[string]bool
	// getenv resolves ${env.X}.
	getenv func(string) string
	// system resolves ${user.name} and the few other Java system properties that files name.
	system map[string]string
}

// NewHadoop is a configuration with Hadoop's defaults only, for a process without a cluster.
func NewHadoop() *Hadoop {
	h := &Hadoop{
		values: map[string][]Setting{},
		final:  map[string]bool{},
		getenv: os.Getenv,
		system: systemProperties(os.Getenv),
	}
	for _, d := range hadoopDefaults {
		h.values[d[0]] = []Setting{{Value: d[1], Source: "Hadoop's default"}}
	}
	return h
}

// Set gives the key a value above all files, final or not. Not to be called while others read.
func (h *Hadoop) Set(key, value, source string) {
	for _, k := range currentNames(key) {
		h.values[k] = slices.Insert(h.values[k], 0, Setting{Value: value, Source: source})
	}
}

// add takes a value from a file, unless an earlier file made the key final.
func (h *Hadoop) add(p property, source string) {
	for _, key := range currentNames(p.name) {
		if !h.final[key] {
			h.values[key] = slices.Insert(h.values[key], 0, Setting{Value: p.value, Source: source})
		}
		if p.final {
			h.final[key] = true
		}
	}
}

// Raw is the value in force as it was written, variables and all.
func (h *Hadoop) Raw(key string) (string, bool) {
	if all := h.values[currentNames(key)[0]]; len(all) > 0 {
		return all[0].Value, true
	}
	return "", false
}

// Lookup is the value in force with its variables resolved.
func (h *Hadoop) Lookup(key string) (string, bool) {
	raw, ok := h.Raw(key)
	if !ok {
		return "", false
	}
	return h.substitute(raw), true
}

// Get is Lookup without blanks around the value, empty for a key nobody set.
func (h *Hadoop) Get(key string) string {
	v, _ := h.Lookup(key)
	return strings.TrimSpace(v)
}

// List is the value cut at commas, members trimmed and empty ones dropped.
func (h *Hadoop) List(key string) []string { return splitList(h.Get(key)) }

// Bool is the value as a switch, or def where there is none or neither true nor false, as Hadoop
// does it.
func (h *Hadoop) Bool(key string, def bool) bool {
	if v, err := parseBool(h.Get(key)); err == nil {
		return v
	}
	return def
}

// Int is the value as a number, decimal or hexadecimal with 0x, or def where there is none.
func (h *Hadoop) Int(key string, def int64) (int64, error) {
	s := h.Get(key)
	if s == "" {
		return def, nil
	}
	base := 10
	digits := s
	if hex, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		base, digits = 16, hex
	}
	n, err := strconv.ParseInt(digits, base, 64)
	if err != nil {
		return 0, h.bad(key, fmt.Errorf("%q is not a whole number", s))
	}
	return n, nil
}

// Size is the value as bytes, "128m" or a bare number, or def where there is none.
func (h *Hadoop) Size(key string, def Size) (Size, error) {
	s := h.Get(key)
	if s == "" {
		return def, nil
	}
	n, err := ParseSize(s, 1)
	if err != nil {
		return 0, h.bad(key, err)
	}
	return n, nil
}

// Duration is the value as a time, a bare number counting unit, or def where there is none.
func (h *Hadoop) Duration(key string, unit, def time.Duration) (time.Duration, error) {
	s := h.Get(key)
	if s == "" {
		return def, nil
	}
	d, err := ParseDuration(s, unit)
	if err != nil {
		return 0, h.bad(key, err)
	}
	return d, nil
}

// bad names the key and the file:line of a value that cannot be read.
func (h *Hadoop) bad(key string, err error) error {
	return fmt.Errorf("%s: %s: %w", h.Explain(key).Source, key, err)
}

// Explain says what a key is, which file and line said so, and what that hid.
func (h *Hadoop) Explain(key string) Explanation {
	e := explanation(key, h.values[currentNames(key)[0]])
	e.Value = h.substitute(e.Value)
	return e
}

// Keys lists every key that has a value, sorted.
func (h *Hadoop) Keys() []string { return sortedKeys(h.values) }
