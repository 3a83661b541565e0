package shuffle

import "bytes"

// Combiner merges two values of one key into one. It may change acc and return it, grown
// or not; it must not keep key, acc or value. It is called for adjacent records of a
// sorted output, so it must be associative.
type Combiner func(key, acc, value []byte) []byte

// merged is a sorted merge, records of equal keys combined where a Combiner is given.
type merged struct {
	tree    *loserTree
	combine Combiner
	started bool
	acc     []byte // scratch
	key     []byte
	value   []byte
	fresh   []byte // memory for combined values, cut and never written again
}

// next moves to the next record; false at the end.
func (m *merged) next() (bool, error) {
	if m.combine != nil {
		return m.nextCombined()
	}
	if m.started {
		if err := m.tree.next(); err != nil {
			return false, err
		}
	}
	m.started = true
	top := m.tree.top()
	if top == nil {
		return false, nil
	}
	m.key, m.value = top.cur.key, top.cur.value
	return true, nil
}

// nextCombined collects all records of the smallest key.
func (m *merged) nextCombined() (bool, error) {
	top := m.tree.top()
	if top == nil {
		return false, nil
	}
	m.key, m.value = top.cur.key, top.cur.value
	if err := m.tree.next(); err != nil {
		return false, err
	}
	top = m.tree.top()
	if top == nil || !bytes.Equal(top.cur.key, m.key) {
		return true, nil
	}
	m.acc = append(m.acc[:0], m.value...)
	for top != nil && bytes.Equal(top.cur.key, m.key) {
		m.acc = m.combine(m.key, m.acc, top.cur.value)
		if err := m.tree.next(); err != nil {
			return false, err
		}
		top = m.tree.top()
	}
	m.value = m.keep(m.acc)
	return true, nil
}

// keep copies a combined value into memory that is never reused.
func (m *merged) keep(value []byte) []byte {
	if len(value) > cap(m.fresh)-len(m.fresh) {
		m.fresh = make([]byte, 0, max(maxChunk, len(value)))
	}
	from := len(m.fresh)
	m.fresh = append(m.fresh, value...)
	return m.fresh[from:len(m.fresh):len(m.fresh)]
}
