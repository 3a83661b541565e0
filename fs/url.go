package fs

import (
	"fmt"
	"path"
	"strings"
)

// location is a URL taken apart as Hadoop's Path does it: letters such as %, ? and # stand for
// themselves, since they are legal in names and patterns.
type location struct {
	scheme    string // empty: a plain path
	authority string
	path      string
}

// parseURL splits scheme://authority/path, scheme:/path or a plain path.
func parseURL(s string) (location, error) {
	if s == "" {
		return location{}, fmt.Errorf("empty path")
	}
	var l location
	rest := s
	if colon := strings.IndexByte(s, ':'); colon > 0 && isScheme(s[:colon]) &&
		strings.HasPrefix(s[colon+1:], "/") {
		l.scheme, rest = strings.ToLower(s[:colon]), s[colon+1:]
	}
	if l.scheme != "" && strings.HasPrefix(rest, "//") {
		l.authority, rest, _ = strings.Cut(rest[2:], "/")
		rest = "/" + rest
	}
	if strings.ContainsRune(rest, 0) {
		return location{}, fmt.Errorf("path %q has a zero byte", s)
	}
	l.path = rest
	return l, nil
}

// isScheme reports whether s can be a URL's scheme: at least two letters, digits, + - or dots.
func isScheme(s string) bool {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9',
			r == '+', r == '-', r == '.':
		default:
			return false
		}
	}
	return len(s) > 1
}

func base(p string) string { return path.Base(p) }
