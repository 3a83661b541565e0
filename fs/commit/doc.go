// Package commit makes the output of a job appear whole or not at all, and each part of it once.
//
// Every attempt of every task writes a file of its own in a work directory below the output:
//
//	OUT/.weft-JOB/a1/task-00003-1-UID      attempt 1 of the driver, partition 3, one task attempt
//
// A task attempt closes its file, asks the driver for permission, and reports a Manifest. The
// driver lets one attempt of each partition hold it, and writes that down before it answers. When
// the job ends, the driver writes what has won (Success as JSON: every part with its length,
// records and CRC32C), and renames the file of every holder, never over another file:
//
//	OUT/.weft-JOB/a1/_SUCCESS
//	OUT/part-00003
//
// then renames _SUCCESS to OUT as well and removes the work directory. Each of these steps may be
// done again: a rename counts as done when the source is gone and the target has the manifest's
// length.
//
// A driver that takes over after a crash has the next attempt number and renames a1 to a2 first
// (Begin), so that every later step of the old driver fails. If _SUCCESS was there, it ends the
// commit; otherwise no part has appeared yet, and it runs the tasks again.
//
// Job's methods are called by the driver, Task's by the one goroutine that runs the task.
package commit
