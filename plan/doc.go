// Package plan holds the lineage of datasets as plain data and cuts it into stages.
//
// A [Node] is one dataset: the operator that makes it, the operator's encoded parameters, and the
// datasets it is made of. Package weft builds nodes while the driver's program runs; nothing here
// knows the user's functions, only their identities. An input is narrow (a partition of the child
// reads known partitions of the parent) or wide (it reads a partition of a shuffle).
//
//	user's program ─▶ Node graph ─ Resolve ─▶ partitions known ─ Compile ─┬▶ dag.Job    (scheduler)
//	                                                                      └▶ Fragments  (executors)
//
// The scheduler sees numbers only; executors get one fragment a stage.
//
// [Resolve] fills in what is only known when an action runs: how many partitions a text file has,
// where a range partitioner cuts. [Compile] cuts the graph at its wide inputs: each becomes a map
// stage that writes one shuffle, and the action becomes the result stage. A [Fragment] is the part
// of the graph that one stage runs, and is sent to an executor once.
//
// Package weft calls plan from the driver's goroutines; nodes are guarded by the session that made
// them. Executors only read fragments.
package plan
