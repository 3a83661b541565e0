package conf

import (
	"fmt"
	"strings"
)

// An Explanation says what a key is and why.
type Explanation struct {
	Key    string
	Value  string
	Source string    // where the value in force comes from
	Hidden []Setting // what it hid, nearest first
}

// String prints the explanation as `weft conf explain` does.
func (e Explanation) String() string {
	var b strings.Builder
	if e.Source == "" {
		fmt.Fprintf(&b, "%s is not set", e.Key)
	} else {
		fmt.Fprintf(&b, "%s = %s\n  from %s", e.Key, e.Value, e.Source)
	}
	for _, h := range e.Hidden {
		fmt.Fprintf(&b, "\n  hides %s from %s", h.Value, h.Source)
	}
	return b.String()
}

// Explain says what the weft key is, who said so and what that hid.
func (c *Conf) Explain(key string) (Explanation, error) {
	if err := check(key, ""); err != nil {
		return Explanation{}, err
	}
	all := append([]Setting(nil), c.values[key]...)
	if info := registry.byName[key]; info != nil && info.Default != "" {
		all = append(all, Setting{Value: info.Default, Source: "default"})
	}
	return explanation(key, all), nil
}

func explanation(key string, all []Setting) Explanation {
	e := Explanation{Key: key}
	if len(all) > 0 {
		e.Value, e.Source, e.Hidden = all[0].Value, all[0].Source, all[1:]
	}
	return e
}

// Markdown prints the table of docs/configuration.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| Key | Type | Default | Meaning | Environment | Since |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- |\n")
	for _, k := range registry.keys {
		def := "(unset)"
		if k.Default != "" {
			def = "`" + k.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | `%s` | %s |\n",
			k.Name, k.Type, def, k.Doc, EnvName(k.Name), k.Since)
	}
	fmt.Fprintf(&b, "| `%sKEY` | text | (unset) | Hadoop's KEY, above what its files say. | | %s |\n",
		hadoopPrefix, first)
	fmt.Fprintf(&b, "| `%sNAME.KEY` | text | (unset) | %s | | %s |\n", pluginPrefix,
		"What cluster plugin NAME knows by KEY.", first)
	return b.String()
}
