package shuffle

// Batch is the verified payload of one frame. Its memory is fresh and never written again:
// callers may keep slices of it, or make strings of them without copying.
type Batch struct {
	Map       MapID // of a group's batch: whose name the file has
	Partition int
	Records   int
	payload   []byte
	runs      []byte // of a group's batch: which records are whose
}

// Bytes returns the size of the encoded records.
func (b Batch) Bytes() int { return len(b.payload) }

// Each calls f for every record, in order.
func (b Batch) Each(f func(key, value []byte)) {
	for c := b.Cursor(); c.Next(); {
		f(c.Key(), c.Value())
	}
}

// Cursor returns a cursor before the first record.
func (b Batch) Cursor() Cursor { return Cursor{rest: b.payload} }

// Cursor walks over the records of a Batch without allocation:
//
//	for c := batch.Cursor(); c.Next(); {
//		use(c.Key(), c.Value())
//	}
type Cursor struct {
	rest, key, value []byte
}

// Next moves to the next record and reports whether there is one. It cannot fail: the
// payload was checked record by record before the Batch was made.
func (c *Cursor) Next() bool {
	if len(c.rest) == 0 {
		return false
	}
	c.key, c.value, c.rest, _ = record(c.rest)
	return true
}

// Key returns the current record's key.
func (c *Cursor) Key() []byte { return c.key }

// Value returns the current record's value.
func (c *Cursor) Value() []byte { return c.value }
