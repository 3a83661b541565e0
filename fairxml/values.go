package fairxml

import (
	"strconv"
	"strings"

	"github.com/beevik/etree"

	"github.com/weft-data/weft/scheduler/pool"
)

// values reads the elements of a pool into s, which has the defaults. The lines of the
// elements are ahead in p.lines: a child's own, then those of what it holds.
func (p *parser) values(e *etree.Element, s *pool.Spec) {
	seen := make(map[string]bool)
	at := 0
	for _, child := range e.ChildElements() {
		line := p.lines[at]
		at += count(child)
		if child.Tag == "pool" {
			continue // a pool in a pool is one beside it; walk finds it
		}
		if seen[child.Tag] {
			p.warn(line, child.Tag, s.Name, "it was given before; this one is ignored")
			continue
		}
		seen[child.Tag] = true
		p.value(child, line, s)
	}
}

// count is the number of elements that an element is and holds.
func count(e *etree.Element) int {
	n := 1
	for _, child := range e.ChildElements() {
		n += count(child)
	}
	return n
}

func (p *parser) value(e *etree.Element, line int, s *pool.Spec) {
	switch e.Tag {
	case "schedulingMode":
		p.mode(e, line, s)
	case "weight":
		p.number(e, line, s.Name, &s.Weight, 1)
	case "minShare":
		p.number(e, line, s.Name, &s.MinShare, 0)
	case "maxShare":
		p.number(e, line, s.Name, &s.MaxShare, 0)
	default:
		p.warn(line, e.Tag, s.Name,
			"no such value; a pool has schedulingMode, weight, minShare and maxShare")
	}
}

func (p *parser) mode(e *etree.Element, line int, s *pool.Spec) {
	mode, err := pool.ParseMode(text(e))
	if err != nil {
		p.warn(line, e.Tag, s.Name, "%s; using %s", err, s.Mode)
		return
	}
	s.Mode = mode
}

// number reads a whole number of 32 bits into field, or leaves the default there.
func (p *parser) number(e *etree.Element, line int, name string, field *int, least int) {
	digits := strings.TrimSpace(text(e))
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || int(n) < least {
		p.warn(line, e.Tag, name, "%s is no whole number from %d to %d; using %d",
			quote(digits), least, pool.Limit, *field)
		return
	}
	*field = int(n)
}

// text is all that an element says, comments and markup left out.
func text(e *etree.Element) string {
	var b strings.Builder
	for _, token := range e.Child {
		switch token := token.(type) {
		case *etree.CharData:
			b.WriteString(token.Data)
		case *etree.Element:
			b.WriteString(text(token))
		}
	}
	return b.String()
}
