package sasl

import (
	"errors"
	"fmt"
	"strings"
)

// maxMessage bounds a challenge or a response, which the RFC limits to 2048 and 4096 bytes; a
// token's identifier can make a response longer.
const maxMessage = 64 << 10

var errMalformed = errors.New("malformed DIGEST-MD5 message")

// parse reads a list of directives: name=token or name="quoted string", joined by commas. Commas
// may stand inside quotes (qop="auth-int,auth"). Of a name given twice the first one counts, which
// RFC 2831 allows for realm only and real servers never do.
func parse(message []byte) (map[string]string, error) {
	if len(message) > maxMessage {
		return nil, fmt.Errorf("%w: %d bytes", errMalformed, len(message))
	}
	directives := map[string]string{}
	for rest := string(message); ; {
		rest = strings.TrimLeft(rest, ", \t\r\n")
		if rest == "" {
			return directives, nil
		}
		name, after, found := strings.Cut(rest, "=")
		if !found {
			return nil, fmt.Errorf("%w: no value after %.40q", errMalformed, rest)
		}
		value, tail, err := parseValue(after)
		if err != nil {
			return nil, fmt.Errorf("%w of %.40q", err, name)
		}
		if key := strings.ToLower(strings.TrimSpace(name)); directives[key] == "" {
			directives[key] = value
		}
		rest = tail
	}
}

// parseValue reads one value and returns what follows it.
func parseValue(s string) (value, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		if i := strings.IndexByte(s, ','); i >= 0 {
			return strings.TrimSpace(s[:i]), s[i+1:], nil
		}
		return strings.TrimSpace(s), "", nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case '"':
			return b.String(), s[i+1:], nil
		case '\\':
			if i++; i == len(s) {
				return "", "", fmt.Errorf("%w: ends in a backslash", errMalformed)
			}
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", fmt.Errorf("%w: quote without end in the value", errMalformed)
}

// quote is the inverse of parseValue.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// list splits a comma list and trims its items.
func list(s string) []string {
	var out []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}
