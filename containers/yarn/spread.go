package yarn

import (
	"cmp"
	"slices"
	"strings"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/rmclient"
)

// defaultRack is where hosts are of which the cluster says nothing.
const defaultRack = "/default-rack"

// A place is a host that may be asked for, and what is free on it.
type place struct {
	host, rack string
	free       rmclient.Resource
	ours       int // containers the application has there
	labels     []string
}

// room is how many containers of a size fit. Cores are left out: the default scheduler does not
// count them, and where one does a host that lacks them costs a moment's delay only.
func (p place) room(size rmclient.Resource) int {
	return int(max(p.free.MemoryMB, 0) / max(size.MemoryMB, 1))
}

// labelled reports whether asks for the label, or for none, are served there.
func (p place) labelled(label string) bool {
	if label == "" {
		return len(p.labels) == 0 || slices.Equal(p.labels, []string{""})
	}
	return slices.Contains(p.labels, label)
}

// A share is how many containers to ask for on a host.
type share struct {
	host, rack string
	count      int
}

// spread shares count containers out to hosts. The hosts that the caller would like come first;
// what is left goes round the hosts with room, those with fewest of ours first and then the
// emptiest, so that executors stand on as many machines as possible. What finds no room is asked
// for anywhere, without a share.
func spread(places []place, size rmclient.Resource, label string, count int,
	hints []containers.HostCount) []share {
	s := &sharing{left: count, size: size, index: map[string]int{}}
	for _, p := range places {
		if p.labelled(label) {
			s.add(p)
		}
	}
	for _, h := range hints {
		s.give(s.find(h.Host), min(h.Count, s.left))
	}
	for given := true; given && s.left > 0; {
		given = s.round()
	}
	return s.shares()
}

// sharing is the work of spread.
type sharing struct {
	left   int
	size   rmclient.Resource
	places []place
	room   []int // what is left on each place
	given  []int
	index  map[string]int // by host in lower case: HDFS and YARN may write one name differently
}

func (s *sharing) add(p place) {
	s.index[strings.ToLower(p.host)] = len(s.places)
	s.places = append(s.places, p)
	s.room = append(s.room, p.room(s.size))
	s.given = append(s.given, 0)
}

// find is the place of a host; one the cluster has not told of is asked for all the same.
func (s *sharing) find(host string) int {
	at, known := s.index[strings.ToLower(host)]
	if !known {
		at = len(s.places)
		s.add(place{host: host, rack: defaultRack})
	}
	return at
}

func (s *sharing) give(at, n int) {
	s.left, s.given[at], s.room[at] = s.left-n, s.given[at]+n, s.room[at]-n
}

// round gives one container to each place with room that has as few of ours as any.
func (s *sharing) round() (given bool) {
	fewest := -1
	for _, at := range s.byRoom() {
		if s.left == 0 || s.room[at] <= 0 {
			continue
		}
		if fewest < 0 {
			fewest = s.ours(at)
		}
		if s.ours(at) > fewest {
			break
		}
		s.give(at, 1)
		given = true
	}
	return given
}

// ours is how many of the application's containers a place would have.
func (s *sharing) ours(at int) int { return s.places[at].ours + s.given[at] }

// byRoom orders places: those with fewer of ours first, then those with more room, then by name.
func (s *sharing) byRoom() []int {
	order := make([]int, len(s.places))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.ours(a), s.ours(b)), cmp.Compare(s.room[b], s.room[a]),
			cmp.Compare(s.places[a].host, s.places[b].host))
	})
	return order
}

func (s *sharing) shares() []share {
	var out []share
	for i, p := range s.places {
		if s.given[i] > 0 {
			out = append(out, share{p.host, p.rack, s.given[i]})
		}
	}
	return out
}
