// Package replay writes down what a scheduler's machine is told and steps a machine through it
// again. The machine is pure: the same events give the same actions, so the log of a run is a
// test of it, and a question about last night can be answered with a debugger.
//
// Whoever owns the machine tells a Recorder what it tells the machine, on the same goroutine:
// each Step as it is made, and each Ready, because what is launched depends on how many events
// came together before it. Replay reads such a log and writes the actions, a line each.
//
// A log is lines of JSON. The first has the machine's configuration; each of the others an
// event, with the time in nanoseconds since the application started, or "Ready":
//
//	{"log":"weft scheduler events","version":1,"config":{"MaxFailures":4,…}}
//	{"at":0,"event":"ExecutorAdded","data":{"Executor":1,"Host":"h1","Rack":"","Slots":2}}
//	{"at":0,"event":"Ready"}
//	{"at":1500000000,"event":"TasksEnded","data":{"Executor":1,"Ends":[…]}}
//
// Text in events is UTF-8, as it is where it comes from; anything else would not come back
// byte for byte. A log has what users named: hosts, stages, messages of failures. It has no data.
package replay

// MaxLine bounds a line of a log, in bytes.
const MaxLine = 64 << 20

const (
	kind    = "weft scheduler events"
	version = 1
)
