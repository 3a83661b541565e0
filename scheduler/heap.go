package scheduler

// heap holds the executors with room for a task of one profile, least loaded first and then by
// id, and knows where each of them is. Executors of other profiles come after its own.
type heap struct {
	cluster *cluster
	profile *profile
	list    []int32
	guests  map[int32]int32 // places of executors of other profiles; nil until there is one
	open    *int            // counts the entries of all heaps
}

func (h *heap) before(a, b int32) bool {
	x, y := &h.cluster.executors[a], &h.cluster.executors[b]
	if h.guests != nil && (x.profile == h.profile) != (y.profile == h.profile) {
		return x.profile == h.profile
	}
	if x.load != y.load {
		return x.load < y.load
	}
	return x.id < y.id
}

// compare is before for sorting.
func (h *heap) compare(a, b int32) int {
	switch {
	case a == b:
		return 0
	case h.before(a, b):
		return -1
	}
	return 1
}

// place is where an executor is in the list, or -1.
func (h *heap) place(x int32) int {
	if e := &h.cluster.executors[x]; e.profile == h.profile {
		return int(e.heapAt)
	}
	if at, ok := h.guests[x]; ok {
		return int(at)
	}
	return -1
}

func (h *heap) holds(x int32) bool { return h.place(x) >= 0 }

func (h *heap) set(at int, x int32) {
	h.list[at] = x
	h.moved(x, int32(at))
}

func (h *heap) moved(x, at int32) {
	if e := &h.cluster.executors[x]; e.profile == h.profile {
		e.heapAt = at
		return
	}
	if h.guests == nil {
		h.guests = make(map[int32]int32)
	}
	h.guests[x] = at
	if at < 0 {
		delete(h.guests, x)
	}
}

// put brings an executor in, or to its place after its load changed.
func (h *heap) put(x int32) {
	at := h.place(x)
	if at < 0 {
		at = len(h.list)
		h.list = append(h.list, x)
		h.moved(x, int32(at))
		*h.open++
	}
	h.up(at)
	h.down(h.place(x))
}

func (h *heap) remove(x int32) {
	at := h.place(x)
	if at < 0 {
		return
	}
	*h.open--
	h.moved(x, -1)
	last := h.list[len(h.list)-1]
	h.list = h.list[:len(h.list)-1]
	if last == x {
		return
	}
	h.set(at, last)
	h.up(at)
	h.down(h.place(last))
}

func (h *heap) up(at int) {
	x := h.list[at]
	for at > 0 {
		parent := (at - 1) / 2
		if !h.before(x, h.list[parent]) {
			break
		}
		h.set(at, h.list[parent])
		at = parent
	}
	h.set(at, x)
}

func (h *heap) down(at int) {
	x := h.list[at]
	for {
		child := 2*at + 1
		if child >= len(h.list) {
			break
		}
		if r := child + 1; r < len(h.list) && h.before(h.list[r], h.list[child]) {
			child = r
		}
		if !h.before(h.list[child], x) {
			break
		}
		h.set(at, h.list[child])
		at = child
	}
	h.set(at, x)
}

// fix puts an executor where it belongs after its load changed: into the heaps of the profiles
// that it has room for.
func (m *Machine) fix(x int32) {
	e := &m.cluster.executors[x]
	offered := e.offered()
	if e.divided == nil {
		if p := e.profile; offered && e.load < e.slots {
			p.free.put(x)
		} else {
			p.free.remove(x)
		}
		return
	}
	for _, p := range e.profile.serves {
		if offered && e.room(p) {
			p.free.put(x)
		} else {
			p.free.remove(x)
		}
	}
}
