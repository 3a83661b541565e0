package fairxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// scan goes through the text before a tree is made of it. It refuses what is malformed or
// could grow in memory, and tells the line on which each element begins, in the file's order:
// the tree does not know its lines.
func scan(text []byte) (lines []int, err error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = charset
	depth, roots := 0, 0
	for {
		line, _ := d.InputPos() // where the token begins that is read next
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, syntax(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
			if err := nesting(line, token.Name.Local, depth, roots); err != nil {
				return nil, err
			}
			lines = append(lines, line)
		case xml.EndElement:
			depth--
		case xml.Directive:
			return nil, &Error{Line: line, Message: "a DOCTYPE or other <!…> is not allowed"}
		}
	}
	if len(lines) == 0 {
		return nil, &Error{Line: 1, Message: "there is no element; want <allocations>"}
	}
	return lines, balanced(text)
}

func nesting(line int, name string, depth, roots int) error {
	switch {
	case depth > MaxDepth:
		return &Error{Line: line, Element: name,
			Message: fmt.Sprintf("elements nest more than %d deep", MaxDepth)}
	case roots > 1:
		return &Error{Line: line, Element: name, Message: "a second element at the top"}
	}
	return nil
}

// balanced checks that every element is closed by its own end, which raw tokens do not tell.
func balanced(text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = charset
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return syntax(err)
		}
	}
}

// charset is asked for every encoding but UTF-8.
func charset(name string, r io.Reader) (io.Reader, error) {
	if strings.EqualFold(name, "us-ascii") {
		return r, nil
	}
	return nil, fmt.Errorf("encoding %s is not read; save the file as UTF-8", quote(name))
}
