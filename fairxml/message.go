package fairxml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Error is why a file gives no pools.
type Error struct {
	Line    int    // 0 where it is about the whole file
	Element string // "" where it is about no element
	Message string
}

// Error tells line, element and what is wrong: `line 3: <pool>: a pool has no name`.
func (e *Error) Error() string { return place(e.Line, e.Element, "") + e.Message }

// Warning is about a value that is not used as it stands in the file.
type Warning struct {
	Line    int
	Element string
	Pool    string
	Message string
}

// String tells line, element, pool and what is used instead.
func (w Warning) String() string { return place(w.Line, w.Element, w.Pool) + w.Message }

func place(line int, element, pool string) string {
	var b strings.Builder
	if line > 0 {
		fmt.Fprintf(&b, "line %d: ", line)
	}
	if element != "" {
		fmt.Fprintf(&b, "<%s>", clip(element))
		if pool != "" {
			fmt.Fprintf(&b, " of pool %s", quote(pool))
		}
		b.WriteString(": ")
	}
	return b.String()
}

// syntax gives the decoder's words in ours.
func syntax(err error) error {
	var s *xml.SyntaxError
	if errors.As(err, &s) {
		return &Error{Line: s.Line, Message: "not well-formed XML: " + s.Msg}
	}
	return &Error{Message: "not readable as XML: " + strings.TrimPrefix(err.Error(), "xml: ")}
}

// quote shows a foreign text in a message, at a bearable length.
func quote(s string) string { return strconv.Quote(clip(s)) }

func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
