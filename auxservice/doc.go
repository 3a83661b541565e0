// Package auxservice is the shuffle service of a node: the program weft-shuffled, which serves the
// map outputs of every application on a NodeManager's disks, whether or not the executors that
// wrote them still run.
//
//	NodeManager (Java) ── auxservice/java ──▶ NodeShuffle, gRPC on a Unix socket ──▶ node
//	                                                                              │ applications
//	executors of any node ── TCP: proof, then requests ──▶ shuffle.Server ◀───────┘
//	                                                          │ sendfile, pread
//	                        <local dir>/usercache/<user>/appcache/<application>/weft-shuffle
//
// The Java side, an AuxiliaryService inside the NodeManager, starts the program as its child over
// hashicorp/go-plugin's handshake, says what to serve and where (Configure), and which applications
// start and stop. An application is a user and a secret; where its files are follows from its id,
// so that nothing has to be registered by executors and a service that starts late serves all.
//
// Secrets, and the port, are kept in a bbolt database in the recovery directory: after a restart of
// the program or of the NodeManager everything is served again at once, on the same port.
//
// The program ends on SIGTERM, on the controller's Shutdown, and when its standard input ends,
// which the NodeManager holds open: a NodeManager that dies in any way takes its child along.
//
// A node is called by gRPC's goroutines and owns all others that it starts, until Close.
package auxservice
