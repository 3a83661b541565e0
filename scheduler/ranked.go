package scheduler

// ranked is a heap of things that know their places in it: the first is at hand, and one that
// changed its rank finds its new place in logarithmic time.
type ranked[T any] struct {
	list   []T
	before func(a, b T) bool
	at     func(T) *int // where T keeps its place; -1 while it is in none
}

func (h *ranked[T]) set(i int, x T) {
	h.list[i] = x
	*h.at(x) = i
}

func (h *ranked[T]) push(x T) {
	h.list = append(h.list, x)
	h.set(len(h.list)-1, x)
	h.up(len(h.list) - 1)
}

func (h *ranked[T]) remove(x T) {
	i, end := *h.at(x), len(h.list)-1
	last := h.list[end]
	var zero T
	h.list[end] = zero
	h.list = h.list[:end]
	*h.at(x) = -1
	if i != end {
		h.set(i, last)
		h.fix(last)
	}
}

// fix puts x in its place after its rank changed.
func (h *ranked[T]) fix(x T) {
	h.up(*h.at(x))
	h.down(*h.at(x))
}

func (h *ranked[T]) up(i int) {
	x := h.list[i]
	for i > 0 {
		parent := (i - 1) / 2
		if !h.before(x, h.list[parent]) {
			break
		}
		h.set(i, h.list[parent])
		i = parent
	}
	h.set(i, x)
}

func (h *ranked[T]) down(i int) {
	x := h.list[i]
	for {
		child := 2*i + 1
		if child >= len(h.list) {
			break
		}
		if r := child + 1; r < len(h.list) && h.before(h.list[r], h.list[child]) {
			child = r
		}
		if !h.before(h.list[child], x) {
			break
		}
		h.set(i, h.list[child])
		i = child
	}
	h.set(i, x)
}
