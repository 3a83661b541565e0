// Package simulated runs a whole application in one goroutine on a virtual clock, under faults
// that a seed chooses, and checks the answer record by record. It needs no Hadoop and no network:
//
//	go test ./integration/simulated                        1,000 seeds, each twice
//	go test ./integration/simulated -seeds 100000          as many as there is time for
//	go test ./integration/simulated -run Seed -seed 4711   one seed, every step printed
//
// What is real and what is modelled:
//
//	driver    ─┐ scheduler.Machine and fs/commit are the production code; the loop around the
//	           │ machine is a copy of package am's rules without its goroutines (driver.go)
//	executors ─┤ slots, fetches, computing, caching, committing: modelled (executor.go, task.go)
//	shuffle   ─┤ blocks with CRC32C that die with their executor (store.go), unless a service
//	           │ on its host reads them on, which restarts, dies or goes with the host (services.go)
//	network   ─┤ streams in order, questions that are asked again; cut, slow, doubled (network.go)
//	YARN      ─┤ containers given, refused, taken back; nodes that vanish (yarn.go)
//	files     ─┘ a file system with one name for one file and rename without overwrite (files.go)
//
// In a quarter of the worlds stages have one of two resource profiles, and the executors of each
// come and go by the machine's own dynamic allocation (profiles.go).
//
// Records are real integers: every stage transforms and routes them, so a lost or doubled record
// shows in the count, the sum and the xor of the job's answer, which program.go also computes
// straight, without tasks. Model, faults and answers are driven by one event queue in which no
// two events share an instant (clock.go): the same seed gives the same trace, and TestSeeds
// compares the hashes of two runs of each.
//
// A run is right if every job ends, either with exactly its answer or with a failure that
// the injected faults explain; if no partition is delivered twice; if the machine's
// invariants hold after every step; and if nothing is left running or lying about. breaks_test.go
// breaks rules of the protocol on purpose and shows that these checks notice.
//
// A world belongs to the goroutine that made it.
package simulated
