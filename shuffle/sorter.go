package shuffle

// SorterConfig says where a Sorter spills and within which memory it works.
type SorterConfig struct {
	Store   *Store   // for spill files; required
	Memory  Memory   // nil: 64 MiB of its own
	Combine Combiner // merges records of equal keys; nil: all are kept
	Codec   Codec    // of the spill files
}

// Sorter sorts any number of records by key bytes in bounded memory. Records of equal keys
// keep the order in which they came. It belongs to one goroutine.
type Sorter struct{}

// NewSorter returns an empty Sorter.
func NewSorter(c SorterConfig) (*Sorter, error) { panic("shuffle: not built yet") }

// Add copies one record in, and spills first when the memory is used up.
func (s *Sorter) Add(key, value []byte) error { panic("shuffle: not built yet") }

// Sort ends the adding and returns the records in order. The stream takes over the
// Sorter's memory and files: close it.
func (s *Sorter) Sort() (*Records, error) { panic("shuffle: not built yet") }

// Close drops a Sorter that was not sorted. It may be called twice.
func (s *Sorter) Close() error { panic("shuffle: not built yet") }
