package scheduler

import (
	"cmp"
	"slices"

	"github.com/weft-data/weft/dag"
)

// A reduce task reads a piece of each map output, and the more of it lies on its own host the less
// comes over the network. The sizes of the pieces are kept in a byte each for shuffles that are
// small enough, and a stage that reads them prefers the hosts that hold much (Spark
// MapOutputTracker: spark.shuffle.reduceLocality.enabled).

const (
	// sizedTasks bounds the maps and the reduces of shuffles whose sizes are kept: a larger one
	// spreads a partition over so many hosts that none holds much of it.
	sizedTasks = 1000
	// heavyShare is the part of a partition, one in so many bytes, that makes a host preferred.
	heavyShare = 5
)

// TracksSizes says whether TaskEnd.Sizes of a map stage's tasks are of use.
func TracksSizes(s *dag.Stage) bool {
	return !s.Result() && s.Tasks < sizedTasks && 0 < s.Reduces && s.Reduces < sizedTasks
}

// keepSizes notes the sizes of one map output. They come from outside: a list that does not fit is
// left out.
func (s *stage) keepSizes(index int32, sizes []byte) {
	if len(sizes) != s.spec.Reduces || !TracksSizes(&s.spec) {
		return
	}
	if s.sizes == nil {
		s.sizes = make([]byte, s.spec.Tasks*s.spec.Reduces)
	}
	copy(s.sizes[int(index)*s.spec.Reduces:], sizes)
}

// heavy are the hosts that hold much of each partition's shuffled input, as rows like dag.Prefs.
// The zero value has none.
type heavy struct {
	offsets []int32 // by index, one more than there are
	hosts   []int32
}

func (h *heavy) none() bool { return len(h.hosts) == 0 }

func (h *heavy) of(index int32) []int32 {
	if h.none() {
		return nil
	}
	return h.hosts[h.offsets[index]:h.offsets[index+1]]
}

// weigh finds the hosts that hold much of what each partition of a stage reads.
func (m *Machine) weigh(s *stage) (h heavy) {
	var inputs []*stage
	for i := range s.spec.Parents {
		p := m.shuffles[s.spec.Parents[i].Shuffle]
		if s.spec.Parents[i].Aligned && p.state == Done && p.sizes != nil {
			inputs = append(inputs, p)
		}
	}
	if len(inputs) == 0 {
		return h
	}
	w := weights{bytes: make([]int64, len(m.cluster.hosts))}
	for i := range int32(s.spec.Computed()) {
		h.offsets = append(h.offsets, int32(len(h.hosts)))
		h.hosts = m.appendHeavy(h.hosts, &w, inputs, s, s.partition(i))
	}
	h.offsets = append(h.offsets, int32(len(h.hosts)))
	return h
}

// weights are the bytes of one partition by host.
type weights struct {
	bytes []int64
	hosts []int32 // that have any
	total int64
}

// appendHeavy adds the hosts that hold much of one partition, most first. Where each host that has
// executors does, it is the same everywhere, and none is preferred.
func (m *Machine) appendHeavy(
	list []int32, w *weights, inputs []*stage, s *stage, partition int32,
) []int32 {
	for _, p := range inputs {
		m.weighOne(w, p, int(partition))
	}
	first, living := len(list), 0
	slices.SortStableFunc(w.hosts, func(a, b int32) int { return cmp.Compare(w.bytes[b], w.bytes[a]) })
	for _, host := range w.hosts {
		if w.bytes[host] >= (w.total+heavyShare-1)/heavyShare {
			list = append(list, host)
			living += min(at(s.profile.hosts, host), 1)
		}
		w.bytes[host] = 0
	}
	w.hosts, w.total = w.hosts[:0], 0
	if living == s.profile.manned {
		return list[:first]
	}
	return list
}

// weighOne adds the partition's pieces of one shuffle.
func (m *Machine) weighOne(w *weights, p *stage, partition int) {
	if partition >= p.spec.Reduces {
		return
	}
	for i, x := range p.parts.where {
		size := dag.LogSize(p.sizes[i*p.spec.Reduces+partition]).Bytes()
		host := m.cluster.executors[x].host
		if w.bytes[host] == 0 && size > 0 {
			w.hosts = append(w.hosts, host)
		}
		w.bytes[host] += size
		w.total += size
	}
}
