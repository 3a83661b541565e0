package shuffle

import "errors"

// Records is an ordered stream of records, from Merge or from a Sorter:
//
//	for r.Next() {
//		use(r.Key(), r.Value())
//	}
//	return r.Err()
//
// It belongs to one goroutine. Key and Value are never overwritten, as in a Batch.
type Records struct {
	merged
	err    error
	closed bool
	stats  func() ReaderStats
	close  []func() error // what the stream holds
}

// Next moves to the next record; false at the end or after an error.
func (r *Records) Next() bool {
	if r.err != nil || r.closed {
		return false
	}
	more, err := r.merged.next()
	r.err = err
	return more
}

// Key returns the current record's key.
func (r *Records) Key() []byte { return r.key }

// Value returns the current record's value.
func (r *Records) Value() []byte { return r.value }

// Err returns why the stream ended early: nil after the last record.
func (r *Records) Err() error { return r.err }

// Stats returns what was fetched and read for the stream.
func (r *Records) Stats() ReaderStats {
	if r.stats == nil {
		return ReaderStats{}
	}
	return r.stats()
}

// Close frees memory and spill files. It may be called twice.
func (r *Records) Close() error {
	var failed []error
	for _, f := range r.close {
		failed = append(failed, f())
	}
	r.close, r.closed = nil, true
	r.merged = merged{}
	return errors.Join(failed...)
}
