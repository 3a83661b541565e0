// Package single is a cluster of one machine: the part that clusters of goroutines and of
// processes have in common. It keeps the books of what is wanted and held, and gives containers
// at once; how an executor is started is behind Starter.
//
// A Cluster's methods may be called from any goroutine. One goroutine of its own sends events,
// and one for each running executor waits for its end.
package single
