package conf

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Conf holds what has been set for each weft key. The zero Conf holds only defaults and may be
// set.
type Conf struct {
	// values keeps for each key every setting, the one in force first. An entry is never empty.
	values map[string][]Setting
}

// A Setting is one value somebody gave a key.
type Setting struct {
	Value  string `json:"value"`
	Source string `json:"source"` // "--conf", "/etc/weft/weft-defaults.conf:12", "$WEFT_MASTER"
	Level  Level  `json:"level"`
}

// Level is the rank of a source; a higher level hides a lower one.
type Level int

// The levels, lowest first.
const (
	FromDefault     Level = iota // compiled in
	FromEnvironment              // a WEFT_… variable
	FromFile                     // the properties file
	FromFlag                     // --conf
	FromNamedFlag                // --executor-memory and the like
	FromProgram                  // Set by the running program
)

// hadoopPrefix opens a key that overrides one of Hadoop's.
const hadoopPrefix = "weft.hadoop."

// pluginPrefix opens a key that only a cluster plugin knows: weft.plugin.NAME.KEY.
const pluginPrefix = "weft.plugin."

// Sources names where Load looks. The zero value reads the environment and the default file.
type Sources struct {
	// Conf are the values of --conf, "key=value", in the order given; the last of one key wins.
	Conf []string
	// Named are values of flags with a name of their own, by key.
	Named map[string]string
	// PropertiesFile replaces $WEFT_CONF_DIR/weft-defaults.conf. It must exist.
	PropertiesFile string
	// Getenv reads the environment; nil: os.Getenv.
	Getenv func(string) string
}

// Load reads all sources and checks every value.
func Load(s Sources) (*Conf, error) {
	if s.Getenv == nil {
		s.Getenv = os.Getenv
	}
	c := &Conf{}
	if err := c.loadEnvironment(s.Getenv); err != nil {
		return nil, err
	}
	if err := c.loadFile(s); err != nil {
		return nil, err
	}
	for _, pair := range s.Conf {
		key, value, found := strings.Cut(pair, "=")
		if !found {
			return nil, fmt.Errorf("--conf %q: want key=value", pair)
		}
		if err := c.Put(strings.TrimSpace(key), value, "--conf", FromFlag); err != nil {
			return nil, err
		}
	}
	for _, key := range sortedKeys(s.Named) {
		if err := c.Put(key, s.Named[key], "command line", FromNamedFlag); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Set gives the key a value from the running program, which hides every other source.
func (c *Conf) Set(key, value string) error {
	return c.Put(key, value, "program", FromProgram)
}

// Put gives the key a value from the named source. Of two values of one level the later wins. An
// unknown key or a value that is not of the key's type is an error, and changes nothing.
func (c *Conf) Put(key, value, source string, level Level) error {
	if err := check(key, value); err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	if c.values == nil {
		c.values = map[string][]Setting{}
	}
	all := c.values[key]
	at := slices.IndexFunc(all, func(s Setting) bool { return s.Level <= level })
	if at < 0 {
		at = len(all)
	}
	c.values[key] = slices.Insert(all, at, Setting{value, source, level})
	return nil
}

// check refuses keys nobody declared and values their key cannot have.
func check(key, value string) error {
	for _, prefix := range []string{hadoopPrefix, pluginPrefix} {
		if rest, ok := strings.CutPrefix(key, prefix); ok && rest != "" {
			return nil
		}
	}
	info := registry.byName[key]
	if info == nil {
		if prefix, name, field, ok := resourceKey(key); ok {
			return checkResourceValue(key, prefix, name, field, value)
		}
		return unknownKey(key)
	}
	if value == "" {
		return nil // back to the default
	}
	if err := info.check(value); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// text is the value in force as it was written; an empty setting means the default.
func (c *Conf) text(info *KeyInfo) string {
	if all := c.values[info.Name]; len(all) > 0 && all[0].Value != "" {
		return all[0].Value
	}
	return info.Default
}

// Lookup is the value in force of a key given by name, as it was written.
func (c *Conf) Lookup(key string) (string, bool) {
	if info := registry.byName[key]; info != nil {
		v := c.text(info)
		return v, v != ""
	}
	if all := c.values[key]; len(all) > 0 {
		return all[0].Value, true
	}
	return "", false
}

// Settings are the values in force that somebody set, by key, as they were written.
func (c *Conf) Settings() map[string]string {
	out := make(map[string]string, len(c.values))
	for key, all := range c.values {
		if all[0].Value != "" {
			out[key] = all[0].Value
		}
	}
	return out
}

// Override puts every weft.hadoop.KEY into h as KEY, above what Hadoop's files say, final or not.
func (c *Conf) Override(h *Hadoop) {
	for _, key := range sortedKeys(c.values) {
		if name, ok := strings.CutPrefix(key, hadoopPrefix); ok {
			s := c.values[key][0]
			h.Set(name, s.Value, s.Source)
		}
	}
}

// loadEnvironment takes WEFT_EXECUTOR_MEMORY for weft.executor.memory, and so on for every key.
func (c *Conf) loadEnvironment(getenv func(string) string) error {
	for _, k := range registry.keys {
		name := EnvName(k.Name)
		if v := getenv(name); v != "" {
			if err := c.Put(k.Name, v, "$"+name, FromEnvironment); err != nil {
				return err
			}
		}
	}
	return nil
}

// EnvName is the environment variable of a key: WEFT_LOCALITY_WAIT for weft.locality.wait,
// WEFT_TASK_MAX_FAILURES for weft.task.maxFailures.
func EnvName(key string) string {
	var b strings.Builder
	lower := false
	for _, r := range key {
		if upper := r >= 'A' && r <= 'Z'; upper && lower {
			b.WriteByte('_')
		}
		lower = r >= 'a' && r <= 'z'
		if r == '.' {
			r = '_'
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

// loadFile reads the properties file that was asked for, or the default one where there is one.
func (c *Conf) loadFile(s Sources) error {
	name, required := s.PropertiesFile, true
	if name == "" {
		dir := s.Getenv("WEFT_CONF_DIR")
		if dir == "" {
			return nil
		}
		name, required = filepath.Join(dir, "weft-defaults.conf"), false
	}
	props, err := readProperties(name)
	if os.IsNotExist(err) && !required {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read properties file: %w", err)
	}
	for _, p := range props {
		source := fmt.Sprintf("%s:%d", name, p.Line)
		if err := c.Put(p.Key, p.Value, source, FromFile); err != nil {
			return err
		}
	}
	return nil
}

// MarshalBinary writes all settings for another process of the same application.
func (c *Conf) MarshalBinary() ([]byte, error) { return json.Marshal(c.values) }

// UnmarshalBinary reads what MarshalBinary wrote and checks it again: it comes from a file.
func (c *Conf) UnmarshalBinary(data []byte) error {
	var values map[string][]Setting
	if err := json.Unmarshal(data, &values); err != nil {
		return fmt.Errorf("read weft settings: %w", err)
	}
	for _, key := range sortedKeys(values) {
		if len(values[key]) == 0 {
			return fmt.Errorf("read weft settings: %s has no value", key)
		}
		for _, s := range values[key] {
			if err := check(key, s.Value); err != nil {
				return fmt.Errorf("read weft settings: %s: %w", s.Source, err)
			}
		}
	}
	c.values = values
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
