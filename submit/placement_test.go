package submit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/submit"
)

func placed(t *testing.T, constraint string, more ...string) *conf.Conf {
	t.Helper()
	pairs := append(more, "weft.yarn.executor.placementConstraint="+constraint)
	c, err := conf.Load(conf.Sources{Conf: pairs, Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPlacement(t *testing.T) {
	for _, constraint := range []string{"notin,node,weft", "in,node,all/weft", "in,rack,hbase",
		"or(in,node,weft:notin,rack,weft)", "cardinality,node,weft,0,1"} {
		tag, got, err := submit.Placement(placed(t, constraint))
		if err != nil || tag != "weft" || got.String() != constraint {
			t.Errorf("%s: %q, %v, %v", constraint, tag, got, err)
		}
	}
	if tag, got, err := submit.Placement(placed(t, "")); tag != "" || got != nil || err != nil {
		t.Errorf("no constraint: %q, %v, %v", tag, got, err)
	}
}

func TestPlacementThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		constraint, pair, want string
	}{
		{"apart", "weft.app.name=a", "weft.yarn.executor.placementConstraint: placement constraint \"apart\""},
		{"notin,node,weft", "weft.yarn.executor.nodeLabelExpression=x", "leave one of the two out"},
		{"notin,node,weft", "weft.speculation.opportunistic=true", "no opportunistic containers"},
		{"in,node,weft", "weft.app.name=a", "none could be the first"},
		{"in,node,x", "weft.yarn.executor.allocationTag=x", "none could be the first"},
		{"and(notin,rack,a:in,node,weft)", "weft.app.name=a", "none could be the first"},
		{"or(in,rack,weft:in,node,weft)", "weft.app.name=a", "none could be the first"},
	} {
		_, _, err := submit.Placement(placed(t, c.constraint, c.pair))
		if !errors.Is(err, submit.ErrPlacement) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: %v; want %q", c.constraint, c.pair, err, c.want)
		}
	}
}
