package shuffle

// Store is the shuffle files of one application on one host: the folder weft-shuffle below
// each of the application's local directories. Paths follow from ids alone, so every
// executor of the application on the host, and a service that starts later, finds the same
// files. All methods may be called from any goroutine.
type Store struct{}

// OpenStore opens the application's local directories (on YARN: LOCAL_DIRS) and makes the
// folder weft-shuffle in each. A directory that fails is skipped while another works.
func OpenStore(dirs ...string) (*Store, error) { panic("shuffle: not built yet") }

// Remove deletes all files of a shuffle.
func (s *Store) Remove(id ShuffleID) error { panic("shuffle: not built yet") }

// RemoveOutput deletes one map attempt's files, such as a losing twin's.
func (s *Store) RemoveOutput(id OutputID) error { panic("shuffle: not built yet") }

// Close releases the directories; files stay.
func (s *Store) Close() error { panic("shuffle: not built yet") }
