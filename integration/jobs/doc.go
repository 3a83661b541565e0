// Package jobs holds the tests of whole jobs on a real Hadoop: they build the commands and examples
// as a user would, submit them to the cluster of package hadoop, and look at what is left in HDFS,
// in the ResourceManager and among the processes of this machine. It exports nothing; nobody
// imports it.
//
// The programs in testdata/programs are what users write by mistake, and three, gated, later and
// tides, that stop where a test wants them to. Each application carries a name of its own, so
// several runs may share a cluster.
package jobs
