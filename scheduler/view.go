package scheduler

// Output is where the output of one map task is. The zero value is not a place; see Missing.
type Output struct {
	Executor ExecutorID
	Attempt  int32
}

// Missing is the Output of a map task that has none.
var missing = Output{Executor: NoExecutor, Attempt: -1}

// Missing says that there is no such output now.
func (o Output) Missing() bool { return o.Executor == NoExecutor }
