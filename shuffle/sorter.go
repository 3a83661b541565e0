package shuffle

import (
	"errors"
	"fmt"
)

// SorterConfig says where a Sorter spills and within which memory it works.
type SorterConfig struct {
	Store   *Store   // for spill files; required
	Memory  Memory   // nil: 64 MiB of its own
	Combine Combiner // merges records of equal keys; nil: all are kept
	Codec   Codec    // of the spill files
}

// Sorter sorts any number of records by key bytes in bounded memory. Records of equal keys
// keep the order in which they came. It belongs to one goroutine.
type Sorter struct {
	spiller
}

// NewSorter returns an empty Sorter.
func NewSorter(c SorterConfig) (*Sorter, error) {
	if c.Store == nil {
		return nil, errors.New("sort: a Store is required")
	}
	return &Sorter{spiller{
		buffer: newBuffer(c.Store, c.Memory, 1, true), combine: c.Combine, codec: c.Codec,
	}}, nil
}

// Add copies one record in, and spills first when the memory is used up.
func (s *Sorter) Add(key, value []byte) error {
	if s.buffer == nil {
		return fmt.Errorf("sort: %w", ErrClosed)
	}
	if err := s.add(0, key, value); err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	return nil
}

// Sort ends the adding and returns the records in order. The stream takes over the
// Sorter's memory and files: close it.
func (s *Sorter) Sort() (*Records, error) {
	if s.buffer == nil {
		return nil, fmt.Errorf("sort: %w", ErrClosed)
	}
	if err := s.openSpills(); err != nil {
		s.drop()
		return nil, fmt.Errorf("sort: %w", err)
	}
	tree, err := newLoserTree(s.runs(0))
	if err != nil {
		s.drop()
		return nil, fmt.Errorf("sort: %w", err)
	}
	taken := s.spiller
	s.spiller = spiller{}
	return &Records{
		merged: merged{tree: tree, combine: taken.combine},
		close:  []func() error{func() error { taken.drop(); return nil }},
	}, nil
}

// Close drops a Sorter that was not sorted. It may be called twice.
func (s *Sorter) Close() error {
	s.drop()
	return nil
}
