// Package resource says how much of what: vectors of memory, cores and named resources, and
// the profiles of executors and tasks that stages ask for.
//
// A Profile is a request: what it does not mention follows from the application's Defaults, which
// make a Shape of it that leaves nothing open. A profile's identity is its content: two parts of a
// program that ask for the same get the same ID from the application's Table and share executors.
// ID 0 is always the default profile, which asks for nothing.
//
//	Profile ─ Defaults.Shape ─▶ Shape: the container's Vector, its data memory, one task's Task
//	   └───── Table.Add ──────▶ ID
//
// Resources other than memory and cores come in units that are a device each. A task takes whole
// devices, or a share of one: a k-th part for the largest k, so that k tasks of the stage share a
// device and one third three times is a whole (Spark ResourceAmountUtils).
//
// Values are plain data; a Table belongs to one goroutine at a time.
package resource
