package placement_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/weft-data/weft/rmclient/placement"
)

var weft = []placement.Tag{{Of: placement.Self, Name: "weft"}}

func TestParse(t *testing.T) {
	apart := placement.Tags{Scope: placement.Node, Tags: weft}
	for text, want := range map[string]placement.Constraint{
		"notin,node,weft":     apart,
		" NotIn , NODE,weft ": apart,
		"in,rack,weft":        placement.Tags{Scope: "rack", Tags: weft, Min: 1, Max: placement.Unbounded},
		"cardinality,node,a,all/b,1,3": placement.Tags{Scope: "node", Min: 1, Max: 3,
			Tags: []placement.Tag{{Of: "self", Name: "a"}, {Of: "all", Name: "b"}}},
		"notin,node,not-self/hbase": placement.Tags{Scope: "node",
			Tags: []placement.Tag{{Of: "not-self", Name: "hbase"}}},
		"java=17,21":         placement.Attribute{Name: "java", Values: []string{"17", "21"}},
		"rm.yarn.io/os!=old": placement.Attribute{Name: "rm.yarn.io/os", Not: true, Values: []string{"old"}},
		"and(notin,node,weft : or(java=21:in,rack,weft))": placement.All{apart, placement.Any{
			placement.Attribute{Name: "java", Values: []string{"21"}},
			placement.Tags{Scope: "rack", Tags: weft, Min: 1, Max: placement.Unbounded},
		}},
	} {
		got, err := placement.Parse(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "empty between two commas",
		"notin,node,weft,":                  "empty between two commas",
		"apart":                             "in, notin, cardinality, and(…), or(…), or a node's attribute",
		"notin,node":                        "a scope and a tag must follow",
		"notin,host,weft":                   `scope "host": node or rack`,
		"notin,node,app-id/a_1/weft":        "containers of self, not-self or all",
		"notin,node,all/":                   "a name of letters and digits",
		"cardinality,node,weft,1":           "two numbers must follow",
		"cardinality,node,weft,x,1":         `"x": a number of containers`,
		"cardinality,node,weft,0,-1":        `"-1": a number of containers`,
		"cardinality,node,weft,3,1":         "at least 3 and at most 1: the first is larger",
		"weft(3),notin,node,weft":           "weft has a number of executors",
		"and(notin,node,weft":               "a bracket is not closed",
		"notin,node,weft)":                  `")" is left over`,
		"notin,node,a:notin,node,b":         "take several constraints",
		"java=":                             "name=value or name!=value",
		"java==17":                          "name=value or name!=value",
		strings.Repeat("and(", 20):          "more than 8 brackets in brackets",
		"a=" + strings.Repeat("long", 2000): "of 8002 bytes: at most 4096",
	} {
		got, err := placement.Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, %v; want %q", text, got, err, want)
		}
	}
}

// FuzzParse: what is read is printed so that it is read again as the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"notin,node,weft", "in,rack,all/a,b", "cardinality,node,weft,0,1", "java!=8,11",
		"and(notin,node,a:or(in,rack,b:java=21))", "or(:)", "and(x=y) ", ",,(",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := placement.Parse(text)
		if err != nil {
			return
		}
		again, err := placement.Parse(c.String())
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%q is read as %v, which is read as %v, %v", text, c, again, err)
		}
	})
}
