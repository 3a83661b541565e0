package placement

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The bounds of what is read: a constraint is written by hand.
const (
	longest = 4096 // bytes
	deepest = 8    // brackets in brackets
)

// Parse reads a constraint. Words and signs may have blanks around them.
func Parse(text string) (Constraint, error) {
	if len(text) > longest {
		return nil, fmt.Errorf("placement constraint of %d bytes: at most %d", len(text), longest)
	}
	p := parser{rest: text}
	c, err := p.constraint(0)
	if err == nil && p.rest != "" {
		err = fmt.Errorf("%q is left over; and(…:…) or or(…:…) take several constraints", p.rest)
	}
	if err != nil {
		return nil, fmt.Errorf("placement constraint %q: %w", text, err)
	}
	return c, nil
}

// parser has what is not yet read.
type parser struct{ rest string }

func (p *parser) constraint(depth int) (Constraint, error) {
	if depth > deepest {
		return nil, fmt.Errorf("more than %d brackets in brackets", deepest)
	}
	end := strings.IndexAny(p.rest, "(:)")
	if end < 0 {
		end = len(p.rest)
	}
	words := p.rest[:end]
	p.rest = p.rest[end:]
	if !strings.HasPrefix(p.rest, "(") {
		return single(strings.Split(words, ","))
	}
	p.rest = p.rest[1:]
	switch op := strings.ToLower(strings.TrimSpace(words)); op {
	case "and":
		all, err := p.children(depth + 1)
		return All(all), err
	case "or":
		all, err := p.children(depth + 1)
		return Any(all), err
	}
	return nil, fmt.Errorf("%q before a bracket: only and, or; weft has a number of executors and "+
		"one tag for all (weft.yarn.executor.allocationTag)", words)
}

// children reads up to the closing bracket.
func (p *parser) children(depth int) (all []Constraint, err error) {
	for {
		c, err := p.constraint(depth)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
		next := strings.TrimLeft(p.rest, " ")
		switch {
		case strings.HasPrefix(next, ":"):
			p.rest = next[1:]
		case strings.HasPrefix(next, ")"):
			p.rest = strings.TrimLeft(next[1:], " ")
			return all, nil
		default:
			return nil, errors.New("a bracket is not closed")
		}
	}
}

// single reads a constraint without brackets.
func single(words []string) (Constraint, error) {
	for i, w := range words {
		if words[i] = strings.TrimSpace(w); words[i] == "" {
			return nil, errors.New("empty between two commas")
		}
	}
	switch op := strings.ToLower(words[0]); op {
	case "in":
		return tags(words[1:], 1, Unbounded)
	case "notin":
		return tags(words[1:], 0, 0)
	case "cardinality":
		return cardinality(words[1:])
	}
	return attribute(words)
}

// tags reads the scope and the tags.
func tags(words []string, least, most int32) (Constraint, error) {
	if len(words) < 2 {
		return nil, errors.New("a scope and a tag must follow: notin,node,weft")
	}
	c := Tags{Scope: Scope(strings.ToLower(words[0])), Min: least, Max: most}
	if c.Scope != Node && c.Scope != Rack {
		return nil, fmt.Errorf("scope %q: node or rack", words[0])
	}
	for _, w := range words[1:] {
		t, err := tag(w)
		if err != nil {
			return nil, err
		}
		c.Tags = append(c.Tags, t)
	}
	return c, nil
}

func tag(word string) (Tag, error) {
	at := strings.LastIndexByte(word, '/')
	t := Tag{Of: Self, Name: word[at+1:]}
	if at >= 0 {
		t.Of = Owner(word[:at])
	}
	switch {
	case t.Of != Self && t.Of != Others && t.Of != Everyone:
		return t, fmt.Errorf("tag %q: containers of self, not-self or all can be meant", word)
	case t.Name == "" || strings.ContainsAny(t.Name, "=!"):
		return t, fmt.Errorf("tag %q: a name of letters and digits", word)
	}
	return t, nil
}

// cardinality reads the numbers at the end, and the rest as tags does.
func cardinality(words []string) (Constraint, error) {
	n := len(words) - 2
	if n < 2 {
		return nil, errors.New("a scope, a tag and two numbers must follow: cardinality,node,weft,0,1")
	}
	var bounds [2]int32
	for i, w := range words[n:] {
		number, err := strconv.ParseInt(w, 10, 32)
		if err != nil || number < 0 {
			return nil, fmt.Errorf("%q: a number of containers, from 0 on", w)
		}
		bounds[i] = int32(number)
	}
	if bounds[0] > bounds[1] {
		return nil, fmt.Errorf("at least %d and at most %d: the first is larger", bounds[0], bounds[1])
	}
	return tags(words[:n], bounds[0], bounds[1])
}

// attribute reads "name=value" and more values.
func attribute(words []string) (Constraint, error) {
	name, value, found := strings.Cut(words[0], "=")
	if !found {
		return nil, fmt.Errorf("%q: in, notin, cardinality, and(…), or(…), or a node's attribute as "+
			"name=value", words[0])
	}
	name, not := strings.CutSuffix(name, "!")
	c := Attribute{Name: strings.TrimSpace(name), Not: not}
	c.Values = append([]string{strings.TrimSpace(value)}, words[1:]...)
	for _, v := range append(c.Values, c.Name) {
		if v == "" || strings.ContainsAny(v, "=!") {
			return nil, fmt.Errorf("%q: a node's attribute is name=value or name!=value",
				strings.Join(words, ","))
		}
	}
	return c, nil
}
