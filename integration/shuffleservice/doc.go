// Package shuffleservice tests weft's shuffle service inside real NodeManagers, below weft's own
// client side: an application of the package's own starts containers with the service's data,
// writes map outputs where executors do, and reads them from the service over its data port.
//
// It exports nothing, and nobody imports it. Tests on the cluster of hadoop.Shared bring back what
// they kill; those that need a NodeManager of another kind start a cluster of one node.
package shuffleservice
