// Command sim plays a shared cluster's day through the real scheduler on a virtual clock and prints
// what each policy does for locality, fairness and response time:
//
//	go run ./bench/sim                    both clusters, all policies (make sim)
//	go run ./bench/sim -jobs 100          a shorter day
//	go run ./bench/sim -scheduler         the machine's own numbers instead: speed, memory, growth
//	go run ./bench/sim -allocation        the policies of dynamic allocation instead (ondemand.go)
//
// Jobs arrive (workload.go), the machine gets the same events that package am would send it, and
// executors that exist only as numbers run what it launches (cluster.go, play.go). Task times,
// stragglers, failures and lost nodes are drawn from the seed and a task's name, never in
// the order in which things happen, so that every policy meets the same day. The same seed prints
// the same tables, but for the speed column, which is measured.
//
// The oracle row is not a policy but two bounds (oracle.go): the most local tasks that an offline
// matching of each job finds, and the times of a cluster that can be divided without loss.
package main
