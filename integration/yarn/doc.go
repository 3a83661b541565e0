// Package yarn tests packages submit and containers/yarn on a real Hadoop, below package am: what
// is uploaded, what is refused, where executors run and what is left of them.
//
// It exports nothing, and nobody imports it. The cluster is that of hadoop.Shared; every test has a
// staging directory of its own in HDFS, and names the processes it looks at by its application.
package yarn
