// Package rmclient speaks with the daemons of a Hadoop YARN cluster: the ResourceManager, for
// clients and for ApplicationMasters, and the NodeManagers. It does so over Hadoop RPC version 9
// (with SASL DIGEST-MD5 where tokens are used) and, as a second door, over the ResourceManager's
// REST API. There is no Java in the path.
//
//	                      ┌── Client ────── ApplicationClientProtocol ──▶ ResourceManager :8032
//	Config, Token ──▶ ────┼── Master ────── ApplicationMasterProtocol ──▶ ResourceManager :8030
//	                      ├── NodeManagers ─ ContainerManagementProtocol ▶ every NodeManager
//	                      └── REST ──────── /ws/v1/cluster ─────────────▶ ResourceManager :8088
//
// What goes in and comes out is plain Go: identifiers are comparable structs that print and parse
// as Hadoop prints them, everything else is a struct with documented fields and useful zero
// values. Hadoop's protobufs stay below internal.
//
// An application's life, as its own AM sees it:
//
//	id     := client.NewApplication      an id and the largest container
//	client.Submit                        the RM starts the AM, or waits for an unmanaged one
//	master.Register                      limits, and what an earlier attempt left running
//	master.Allocate, again and again     asks out, containers and exits in; also the heartbeat
//	nodes.Start on the container's node  the process runs
//	master.Finish                        the application has ended
//
// Every call takes a context and returns soon after it ends. Addresses are lists: a call that
// meets a dead or a standby daemon goes on to the next, round and round, until Config.RetryFor has
// passed, and then fails with ErrUnreachable. Errors from a daemon keep the Java class and the
// first line of the message in a RemoteError, and match the sentinels of this package by
// errors.Is. Client, NodeManagers, REST and NMTokens may be used from any number of goroutines;
// a Master takes one Allocate at a time.
//
// The rmtest package is the other side of the same wire, for tests without a cluster; the namenode
// package asks a NameNode what an HDFS library for Go leaves out, and the placement package reads
// and prints YARN's placement constraints.
package rmclient
