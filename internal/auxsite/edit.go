package auxsite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// ErrSite says that a yarn-site.xml is none, or one that only a person should change.
var ErrSite = errors.New("not changed")

// A Change is a property that Edit wrote. Old is "" where there was none.
type Change struct{ Name, Old, New string }

// String is the change in a line.
func (c Change) String() string {
	if c.Old == "" {
		return c.Name + ": " + c.New
	}
	return c.Name + ": " + c.Old + " -> " + c.New
}

// Edit returns the text with the service in it, and what that changed: nothing where all is there.
// The other auxiliary services stay. A NodeManager's address that is set stays, too.
func Edit(text []byte, s Service) ([]byte, []Change, error) {
	if err := s.Validate(); err != nil {
		return nil, nil, err
	}
	site, err := parse(text)
	if err != nil {
		return nil, nil, err
	}
	var changes []Change
	for _, want := range s.Properties() {
		change, err := site.set(want)
		if err != nil {
			return nil, nil, err
		}
		if change != nil {
			changes = append(changes, *change)
		}
	}
	if len(changes) == 0 {
		return text, nil, nil
	}
	out, err := site.doc.WriteToBytes()
	return out, changes, err
}

// site is a yarn-site.xml.
type site struct {
	doc  *etree.Document
	root *etree.Element
}

func parse(text []byte) (site, error) {
	doc := etree.NewDocument()
	doc.ReadSettings.PreserveCData = true
	if err := doc.ReadFromBytes(text); err != nil {
		return site{}, fmt.Errorf("%w: %w", ErrSite, err)
	}
	s := site{doc, doc.Root()}
	if s.root == nil || s.root.Tag != "configuration" {
		return site{}, fmt.Errorf("%w: its outermost element is not <configuration>", ErrSite)
	}
	if len(s.root.FindElements(".//include")) > 0 {
		return site{}, fmt.Errorf("%w: it includes other files, which may say the same; "+
			"write the properties by hand", ErrSite)
	}
	if e, err := s.find(manifest); err != nil || e != nil && value(e) == "true" {
		return site{}, fmt.Errorf("%w: %s is true, and with it YARN takes no auxiliary service "+
			"from this file; add it to the manifest", ErrSite, manifest)
	}
	return s, nil
}

// find is the one property of a name, or nil.
func (s site) find(name string) (*etree.Element, error) {
	var found *etree.Element
	for _, p := range s.root.SelectElements("property") {
		n := p.SelectElement("name")
		if n == nil || strings.TrimSpace(n.Text()) != name {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("%w: %s stands there twice; leave one", ErrSite, name)
		}
		found = p
	}
	return found, nil
}

func value(property *etree.Element) string {
	if v := property.SelectElement("value"); v != nil {
		return strings.TrimSpace(v.Text())
	}
	return ""
}

// set gives the file a property and returns what changed, nil for nothing.
func (s site) set(p Property) (*Change, error) {
	e, err := s.find(p.Name)
	if err != nil {
		return nil, err
	}
	if e == nil {
		s.add(p)
		return &Change{Name: p.Name, New: p.Value}, nil
	}
	old := value(e)
	merged := merge(p, old)
	if merged == old {
		return nil, nil
	}
	v := e.SelectElement("value")
	if v == nil {
		v = e.CreateElement("value")
	}
	v.SetText(merged)
	return &Change{p.Name, old, merged}, nil
}

// merge is the new value of a property that had one.
func merge(p Property, old string) string {
	switch p.Name {
	case services:
		return join(old, p.Value)
	case address, recoveryDir:
		if old != "" {
			return old
		}
	}
	return p.Value
}

// join adds a service to the list of them.
func join(list, name string) string {
	all := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })
	if slices.Contains(all, name) {
		return list
	}
	return strings.Join(append(all, name), ",")
}

// add appends a property, laid out as Hadoop's files are.
func (s site) add(p Property) {
	if n := len(s.root.Child); n > 0 {
		if text, ok := s.root.Child[n-1].(*etree.CharData); ok && strings.TrimSpace(text.Data) == "" {
			s.root.RemoveChildAt(n - 1)
		}
	}
	s.root.CreateText("\n  ")
	e := s.root.CreateElement("property")
	e.CreateText("\n    ")
	e.CreateElement("name").SetText(p.Name)
	e.CreateText("\n    ")
	e.CreateElement("value").SetText(p.Value)
	e.CreateText("\n  ")
	s.root.CreateText("\n")
}

// Snippet is the properties as text to paste between <configuration> and its end.
func Snippet(s Service) (string, error) {
	if err := s.Validate(); err != nil {
		return "", err
	}
	doc := etree.NewDocument()
	doc.CreateElement("configuration")
	all := site{doc, doc.Root()}
	for _, p := range s.Properties() {
		all.add(p)
	}
	text, err := doc.WriteToString()
	text = strings.TrimPrefix(text, "<configuration>\n")
	return addition + strings.TrimSuffix(text, "</configuration>"), err
}

// addition keeps who pastes the properties from taking the other services away.
const addition = "  <!-- Where " + services + " has a value, add this one after a comma. -->\n"
