package shuffle

// Records is an ordered stream of records, from Merge or from a Sorter:
//
//	for r.Next() {
//		use(r.Key(), r.Value())
//	}
//	return r.Err()
//
// It belongs to one goroutine. Key and Value are never overwritten, as in a Batch.
type Records struct{}

// Next moves to the next record; false at the end or after an error.
func (r *Records) Next() bool { panic("shuffle: not built yet") }

// Key returns the current record's key.
func (r *Records) Key() []byte { panic("shuffle: not built yet") }

// Value returns the current record's value.
func (r *Records) Value() []byte { panic("shuffle: not built yet") }

// Err returns why the stream ended early: nil after the last record.
func (r *Records) Err() error { panic("shuffle: not built yet") }

// Stats returns what was fetched and read for the stream.
func (r *Records) Stats() ReaderStats { panic("shuffle: not built yet") }

// Close frees memory and spill files. It may be called twice.
func (r *Records) Close() error { panic("shuffle: not built yet") }
