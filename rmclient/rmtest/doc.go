// Package rmtest is a ResourceManager with its NodeManagers for tests: scripted, in this process,
// and speaking Hadoop's own bytes over loopback sockets, SASL included. What passes here goes
// through the same client, the same frames and the same retries as on a cluster.
//
//	c := rmtest.Start(t, rmtest.Options{
//		Nodes: []rmtest.Node{{Host: "node1"}, {Host: "node2"}},
//		Run: func(ctx context.Context, l rmtest.Launch) rmclient.ExitStatus {
//			return 0 // the container's "process": returns its exit code, ends with ctx
//		},
//	})
//	client, err := rmclient.NewClient(c.Config())
//
// Applications, asks, containers and exits behave as on a real cluster: asks are absolute, each
// heartbeat brings what the one before made possible, host asks are served on their host, a lost
// answer is given again to the identical request, Finish must be repeated once. What the cluster
// does to an application is said by the test: RestartRM, DropConnections, LoseAnswer, Fail,
// RollToken, Preempt, LoseNode, NewAttempt and so on; each takes effect before it returns.
//
// A Cluster may be used from any number of goroutines. It ends with the test: containers are
// cancelled and waited for, and every socket is closed. Node hosts need not resolve: Config dials
// through the Cluster.
package rmtest
