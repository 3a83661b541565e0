package scheduler

// Locality is how near a task is to its input. The values are ordered, nearest first, so
// that "a < b" reads "a is nearer than b".
type Locality uint8

// The levels of locality.
const (
	// Process: the executor itself holds a cached block of the partition.
	Process Locality = iota
	// Node: the executor's host holds the input, or another executor there has it cached.
	Node
	// NoPref: the data is equally near from everywhere, so any executor is best.
	NoPref
	// Rack: a host in the executor's rack holds the input.
	Rack
	// Any: no executor is nearer, or none that is nearer came free in time.
	Any
)

// String names the level as the reference documentation does.
func (l Locality) String() string {
	names := [...]string{"PROCESS_LOCAL", "NODE_LOCAL", "NO_PREF", "RACK_LOCAL", "ANY"}
	if int(l) < len(names) {
		return names[l]
	}
	return "unknown locality"
}
