package placement

import (
	"fmt"
	"math"
	"strings"
)

// A Constraint says on which nodes a container may come: Tags, Attribute, All or Any. Its String is
// what Parse reads.
type Constraint interface {
	fmt.Stringer
	constraint()
}

// Scope is where containers with tags are counted.
type Scope string

// The scopes.
const (
	Node Scope = "node"
	Rack Scope = "rack"
)

// Owner is whose containers are counted.
type Owner string

// The owners: the application itself, all others, or both.
const (
	Self     Owner = "self"
	Others   Owner = "not-self"
	Everyone Owner = "all"
)

// Tag is what containers are marked with, and whose containers count.
type Tag struct {
	Of   Owner
	Name string
}

// String is the name, after the owner and a slash where that is not the application itself.
func (t Tag) String() string {
	if t.Of == Self {
		return t.Name
	}
	return string(t.Of) + "/" + t.Name
}

// Unbounded is a Tags.Max that does not limit.
const Unbounded = math.MaxInt32

// Tags allows nodes where, of each tag, at least Min and at most Max containers are, on the node or
// in its rack. They are those before the new one comes: YARN does not count that.
type Tags struct {
	Scope    Scope
	Tags     []Tag
	Min, Max int32
}

// Attribute allows nodes whose attribute is one of the values, or with Not those where it is none.
type Attribute struct {
	Name   string // YARN has its administrator's attributes under "rm.yarn.io/"
	Not    bool
	Values []string
}

// All allows nodes that each of the constraints allows.
type All []Constraint

// Any allows nodes that one of the constraints allows.
type Any []Constraint

func (Tags) constraint()      {}
func (Attribute) constraint() {}
func (All) constraint()       {}
func (Any) constraint()       {}

// String is "notin,node,weft", or with "in" or "cardinality".
func (c Tags) String() string {
	words := []string{"cardinality", string(c.Scope)}
	for _, t := range c.Tags {
		words = append(words, t.String())
	}
	switch {
	case c.Min == 1 && c.Max == Unbounded:
		words[0] = "in"
	case c.Min == 0 && c.Max == 0:
		words[0] = "notin"
	default:
		words = append(words, fmt.Sprint(c.Min), fmt.Sprint(c.Max))
	}
	return strings.Join(words, ",")
}

// String is "java=17,21", or with "!=".
func (c Attribute) String() string {
	sign := "="
	if c.Not {
		sign = "!="
	}
	return c.Name + sign + strings.Join(c.Values, ",")
}

// String is "and(in,rack,a:notin,node,b)".
func (c All) String() string { return "and" + list(c) }

// String is "or(in,rack,a:notin,node,b)".
func (c Any) String() string { return "or" + list(c) }

func list(all []Constraint) string {
	words := make([]string, len(all))
	for i, c := range all {
		words[i] = c.String()
	}
	return "(" + strings.Join(words, ":") + ")"
}
