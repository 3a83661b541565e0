// Package negotiation tests how weft asks a real YARN for containers and gives them back: on a
// CapacityScheduler and on a FairScheduler whose queues preempt each other, with custom resource
// types, node labels, placement constraints, opportunistic containers and nodes that are lost. Each
// test file starts the cluster it needs.
package negotiation
