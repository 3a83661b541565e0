package ask_test

import (
	"slices"
	"testing"
	"time"

	"github.com/weft-data/weft/containers/ask"
)

func TestHostsWhereStartsFailAreExcluded(t *testing.T) {
	now := time.Unix(1000, 0)
	after := func(d time.Duration) time.Time { return now.Add(d) }
	h := ask.Health{Limit: 2, Timeout: time.Minute}
	for _, step := range []struct {
		at       time.Duration
		host     string
		excluded bool
	}{
		{0, "h1", false},
		{time.Second, "h2", false},
		{70 * time.Second, "h1", false}, // the first is forgotten
		{71 * time.Second, "h1", true},
		{72 * time.Second, "h1", false}, // it is excluded already
	} {
		if got := h.Failed(after(step.at), step.host, "no disk at "+step.at.String()); got != step.excluded {
			t.Errorf("%s on %s: excluded %t", step.at, step.host, got)
		}
	}
	if got, want := h.String(), "h1 (no disk at 1m10s)"; got != want {
		t.Errorf("%s, want the first cause: %s", got, want)
	}
	if got := h.Recovered(after(130 * time.Second)); got != nil {
		t.Errorf("%v recovered too soon", got)
	}
	if got := h.Recovered(after(131 * time.Second)); !slices.Equal(got, []string{"h1"}) {
		t.Errorf("%v recovered", got)
	}
	if h.Failed(after(132*time.Second), "h1", "again") {
		t.Error("a host that is tried again starts anew")
	}
}

func TestHealthOffExcludesNothing(t *testing.T) {
	var h ask.Health
	for range 10 {
		if h.Failed(time.Unix(0, 0), "h1", "no disk") {
			t.Fatal("excluded")
		}
	}
}

func TestNowhereLeft(t *testing.T) {
	b := ask.New(ask.Config{Label: "x"})
	b.Exclude("h1", true)
	if b.Nowhere() {
		t.Error("nobody has told which nodes there are")
	}
	node := ask.Node{Host: "h1", Usable: true, Labels: []string{"x"}}
	node.Has.Memory = 1024
	other := node
	other.Host, other.Labels = "h2", nil // serves no ask of ours
	b.Nodes([]ask.Node{node, other})
	if !b.Nowhere() {
		t.Error("the only node with the label is excluded")
	}
	other.Labels = []string{"x"}
	if b.Nodes([]ask.Node{other}); b.Nowhere() {
		t.Error("h2 is open")
	}
}
