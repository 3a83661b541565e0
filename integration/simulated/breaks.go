package simulated

// breaks are rules of the protocol that can be broken on purpose, to show that a run notices. In
// every other run all are false.
type breaks struct {
	// The driver.
	acceptsAll   bool // uses every success, not only those that the machine accepts
	losesLaunch  bool // does not send some tasks
	losesReports bool // forgets the ends of some tasks
	grantsAll    bool // lets every task commit without asking the machine
	ignoresLoss  bool // does not tell the machine of lost executors
	waitsForever bool // does not give up silent executors
	sameIDs      bool // gives the id of a lost executor again
	leavesFiles  bool // does not remove what a failed job wrote
	// The driver, of shuffle services.
	losesServed    bool // gives outputs up that a service keeps
	keepsUnserved  bool // keeps outputs of lost executors without a service
	trustsServices bool // never gives a service up
	keepsLiving    bool // goes on naming the service for living executors of a host that it gave up
	secretLoss     bool // keeps from the machine that a host is given up
	// The driver, of profiles.
	mixesProfiles bool // takes some executors for those of the other profile
	// The executors.
	trustBlocks      bool // read a block without verifying its checksum
	lateChecksum     bool // take a checksum after the data could be damaged
	halfOutput       bool // report a map output that is not whole
	skipMissing      bool // take an output that is not there for an empty one
	skipFirst        bool // forget one of the blocks
	blamesOldAttempt bool // report fetch failures of the wrong output
	fetchIsFailure   bool // report a fetch failure as the user's failure
	killsAreSilent   bool // stop a task without reporting its end
	oldOutputs       bool // ignore the epoch of launches
	anyBlock         bool // serve a cached block of another partition
	earlyReport      bool // report a file before it is closed
	commitAnyway     bool // report success although permission was denied
	impatient        bool // do not wait for a service that restarts
	namesNoService   bool // name a service on their host although there never was one
	// The cluster.
	neverReplace     bool // gives no container for one that was lost
	forgetfulService bool // a service that restarts has lost its files
	// The program.
	claimsSteady bool // calls a stage deterministic that is not
}
