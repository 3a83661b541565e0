package scheduler

// StageState is where a stage is in its life. The order matters: a state below Done means
// that some partition is still missing.
type StageState uint8

// The states of a stage; doc.go draws how they follow each other.
const (
	// Idle: no job needs the stage now, or none has needed it yet. Entered when it is first
	// named, when its last job ends, and by a job whose other stages make it unnecessary.
	// Left when a job finds its output missing.
	Idle StageState = iota
	// Waiting: a job needs the stage and a parent's output is missing. Left as soon as all
	// parents are available.
	Waiting
	// Running: an attempt of the stage is active; its missing partitions are offered. Left
	// when all are computed, when a task cannot read its input, or with its last job.
	Running
	// Done: all partitions are computed. A map stage falls back to Idle when outputs are lost.
	Done
)

// String names the state as scripts and pages show it.
func (s StageState) String() string {
	names := [...]string{"idle", "waiting", "running", "done"}
	if int(s) < len(names) {
		return names[s]
	}
	return "unknown state"
}
