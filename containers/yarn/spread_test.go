package yarn

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/rmclient"
)

// parse reads "a=3 b=1@rack2 c=2#gpu d=2+1": hosts with room for so many containers of 100 MB, one of
// which has one of ours.
func parse(text string) []place {
	var out []place
	for field := range strings.FieldsSeq(text) {
		p := place{rack: "/r"}
		field, label, labelled := strings.Cut(field, "#")
		if labelled {
			p.labels = []string{label}
		}
		field, rack, moved := strings.Cut(field, "@")
		if moved {
			p.rack = "/" + rack
		}
		field, ours, _ := strings.Cut(field, "+")
		fmt.Sscan(ours, &p.ours)
		host, room, _ := strings.Cut(field, "=")
		var n int64
		fmt.Sscan(room, &n)
		p.host, p.free = host, rmclient.Resource{MemoryMB: n*100 + 50}
		out = append(out, p)
	}
	return out
}

func show(shares []share) string {
	var out []string
	for _, s := range shares {
		out = append(out, fmt.Sprintf("%s=%d", s.host, s.count))
	}
	return strings.Join(out, " ")
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		name, places string
		label        string
		count        int
		hints        []containers.HostCount
		want         string
	}{
		{"one on each host", "a=4 b=4", "", 2, nil, "a=1 b=1"},
		{"the emptier host first", "a=1 b=4", "", 1, nil, "b=1"},
		{"round and round", "a=4 b=4", "", 5, nil, "a=3 b=2"},
		{"where fewest of ours are", "a=9+2 b=4+1 c=4", "", 4, nil, "a=1 b=1 c=2"},
		{"no more than there is room", "a=1 b=4", "", 4, nil, "a=1 b=3"},
		{"the rest anywhere", "a=1 b=1", "", 9, nil, "a=1 b=1"},
		{"nothing is known", "", "", 3, nil, ""},
		{"where the data is", "a=4 b=4 c=4", "", 2, []containers.HostCount{{Host: "c", Count: 2}}, "c=2"},
		{"hints and others", "a=4 b=4", "", 3, []containers.HostCount{{Host: "b", Count: 1}}, "a=2 b=1"},
		{"a full host is still asked for", "a=0 b=4", "", 1, []containers.HostCount{{Host: "a", Count: 1}}, "a=1"},
		{"HDFS writes it differently", "Node1=4", "", 1, []containers.HostCount{{Host: "node1", Count: 1}}, "Node1=1"},
		{"an unknown host", "a=4", "", 2, []containers.HostCount{{Host: "x", Count: 1}}, "a=1 x=1"},
		{"labelled nodes for a label", "a=4 b=4#gpu", "gpu", 2, nil, "b=2"},
		{"the others for none", "a=4 b=4#gpu", "", 2, nil, "a=2"},
	} {
		size := rmclient.Resource{MemoryMB: 100}
		if got := show(spread(parse(c.places), size, c.label, c.count, c.hints)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSpreadNeverGivesMoreThanAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var text []string
		for i := range rapid.IntRange(0, 6).Draw(t, "hosts") {
			text = append(text, fmt.Sprintf("h%d=%d@r%d", i, rapid.IntRange(0, 4).Draw(t, "room"), i%2))
		}
		places := parse(strings.Join(text, " "))
		count := rapid.IntRange(0, 30).Draw(t, "count")
		var hints []containers.HostCount
		for range rapid.IntRange(0, 3).Draw(t, "hints") {
			hints = append(hints, containers.HostCount{Host: fmt.Sprintf("h%d", rapid.IntRange(0, 8).Draw(t, "hint")),
				Count: rapid.IntRange(0, 5).Draw(t, "of use")})
		}
		got := spread(places, rmclient.Resource{MemoryMB: 100}, "", count, hints)
		total, room := 0, 0
		for _, s := range got {
			total += s.count
			if s.count <= 0 || s.rack == "" {
				t.Fatalf("share %+v", s)
			}
		}
		for _, p := range places {
			room += p.room(rmclient.Resource{MemoryMB: 100})
		}
		if total > count || len(hints) == 0 && total != min(count, room) {
			t.Fatalf("%d of %d asked, room for %d: %v", total, count, room, got)
		}
		again := spread(places, rmclient.Resource{MemoryMB: 100}, "", count, hints)
		if !slices.Equal(got, again) {
			t.Fatalf("%v, then %v", got, again)
		}
	})
}
