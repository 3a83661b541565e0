package conf

import (
	"strings"
)

// The bounds of variable substitution. Hadoop has the first; the second keeps ${a}${a}… from
// growing a small file into gigabytes.
const (
	maxSubstitutions = 20
	maxExpanded      = 1 << 20
)

// substitute resolves ${name}, ${env.X}, ${env.X:-default} and ${env.X-default}. As in Hadoop, an
// unknown variable stays as it is written and a loop gives back the whole expression; one that
// is nested too deep does too, where Hadoop would throw.
func (h *Hadoop) substitute(expression string) string {
	value := expression
	for range maxSubstitutions {
		start, end := innermostVariable(value)
		if start < 0 {
			return value
		}
		found, ok := h.variable(value[start+2 : end])
		if !ok {
			return value
		}
		if strings.Contains(found, value[start:end+1]) || len(value)+len(found) > maxExpanded {
			return expression
		}
		value = value[:start] + found + value[end+1:]
	}
	if start, _ := innermostVariable(value); start >= 0 {
		return expression
	}
	return value
}

// innermostVariable finds the first ${name} that has no other in it: value[start:end] is "${name"
// and value[end] the closing brace. start is negative when there is none.
func innermostVariable(value string) (start, end int) {
	start = -1
	for i := range len(value) {
		switch {
		case value[i] == '{' && i > 0 && value[i-1] == '$':
			start = i - 1
		case start >= 0 && value[i] == '}' && i > start+2:
			return start, i
		case start >= 0 && (value[i] == ' ' || value[i] == '}'):
			start = -1
		}
	}
	return -1, -1
}

// variable looks a name up where Hadoop does: the environment, Java's system properties, the
// configuration itself.
func (h *Hadoop) variable(name string) (string, bool) {
	if env, ok := strings.CutPrefix(name, "env."); ok && env != "" {
		if v, ok := h.environment(env); ok {
			return v, true
		}
		return h.Raw(name)
	}
	if v, ok := h.system[name]; ok {
		return v, true
	}
	return h.Raw(name)
}

// environment reads X, X-default (when X is unset) and X:-default (when it is unset or empty).
// Both are alike here: an empty variable counts as unset.
func (h *Hadoop) environment(expression string) (string, bool) {
	name, def, hasDefault := strings.Cut(expression, "-")
	name = strings.TrimSuffix(name, ":")
	if v := h.getenv(name); v != "" {
		return v, true
	}
	return def, hasDefault
}

// systemProperties are those of Java's that Hadoop's files refer to.
func systemProperties(getenv func(string) string) map[string]string {
	out := map[string]string{"java.io.tmpdir": "/tmp"}
	if name, err := User(getenv); err == nil {
		out["user.name"] = name
	}
	if home := getenv("HOME"); home != "" {
		out["user.home"] = home
	}
	return out
}
