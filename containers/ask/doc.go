// Package ask decides what an application asks a cluster's scheduler for: how many containers of
// each profile, and where. It is a book that is written in events and read once a heartbeat:
//
//	Want        how many containers of each profile the application would like to have
//	Nodes       which nodes there are, and what is free on them
//	Exclude     which hosts to keep away from
//	Given, Gone containers that came and went
//	Rejected    containers that the scheduler gives up to place
//	   │
//	   ▼
//	Changes     the rows that bring the scheduler up to date
//
// Rows are YARN's: absolute, told apart by profile and place, and each container that is given
// counts one off. A wish is said as rows for hosts, for their racks, and one for any place with
// the whole number. Naming hosts matters for speed, not for the number: a ResourceManager gives
// out one container per node and heartbeat for asks that name none, and many for those that do.
//
// Under a placement constraint (Config.Constrained) rows name no hosts and are said once each: what
// is open is said as a new row, and the one before is taken back.
//
// What is open of a wish is its target less the containers held, starting ones included; the
// scheduler is told whenever that is not what it still has to give. A number that falls takes rows
// back and no container.
//
// The package decides and does nothing else: no clock, goroutine, lock or map order is in it. A
// Book belongs to one goroutine. Package yarn puts its rows into heartbeats.
package ask
