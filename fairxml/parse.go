package fairxml

import (
	"bytes"
	"fmt"
	"io"

	"github.com/beevik/etree"

	"github.com/weft-data/weft/scheduler/pool"
)

// Parse reads the pools of a file, in its order. Of two pools of one name the later stays.
// Warnings are about values that were replaced by defaults; with an error there are no pools.
func Parse(r io.Reader) ([]pool.Spec, []Warning, error) {
	text, err := readAll(r)
	if err != nil {
		return nil, nil, err
	}
	lines, err := scan(text)
	if err != nil {
		return nil, nil, err
	}
	doc := etree.NewDocument()
	doc.ReadSettings.CharsetReader = charset
	if _, err := doc.ReadFrom(bytes.NewReader(text)); err != nil {
		return nil, nil, syntax(err)
	}
	p := parser{lines: lines, names: make(map[string]int)}
	if err := p.walk(doc.Root()); err != nil {
		return nil, nil, err
	}
	return p.pools, p.warnings, nil
}

func readAll(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the pools: %w", err)
	}
	if len(text) > MaxBytes {
		return nil, &Error{Message: fmt.Sprintf("the file has more than %d bytes", MaxBytes)}
	}
	return text, nil
}

// parser walks the elements in the order in which scan saw them begin, so that the next of
// lines is always the line of the element at hand.
type parser struct {
	lines    []int
	pools    []pool.Spec
	names    map[string]int // where each is in pools
	warnings []Warning
}

// walk looks for pools at any depth. It recurses at most MaxDepth times.
func (p *parser) walk(e *etree.Element) error {
	line := p.lines[0]
	p.lines = p.lines[1:]
	if e.Tag == "pool" {
		if err := p.pool(e, line); err != nil {
			return err
		}
	}
	for _, child := range e.ChildElements() {
		if err := p.walk(child); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) pool(e *etree.Element, line int) error {
	s := pool.Default(e.SelectAttrValue("name", ""))
	if err := s.Validate(); err != nil {
		return &Error{Line: line, Element: "pool", Message: err.Error()}
	}
	p.values(e, &s)
	if i, again := p.names[s.Name]; again {
		p.warn(line, "pool", s.Name, "the name was given before; this pool replaces that one")
		p.pools[i] = s
		return nil
	}
	if len(p.pools) == MaxPools {
		return &Error{Line: line, Element: "pool",
			Message: fmt.Sprintf("the file names more than %d pools", MaxPools)}
	}
	p.names[s.Name] = len(p.pools)
	p.pools = append(p.pools, s)
	return nil
}

func (p *parser) warn(line int, element, name, format string, args ...any) {
	p.warnings = append(p.warnings, Warning{
		Line: line, Element: element, Pool: name, Message: fmt.Sprintf(format, args...),
	})
}
