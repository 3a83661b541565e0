// Package testbed is what the tests on a real Hadoop share beside the cluster itself, which is
// package hadoop's: programs that are built for a test and run as from a user's shell, gates at
// which their tasks wait until a test has seen enough, and waiting for what comes in its own time.
//
// Only tests below integration import it. Its functions fail the test they are given, so that they
// are called from the test's goroutine.
package testbed
