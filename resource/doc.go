// Package resource says how much of what: vectors of memory, cores and named resources, and
// the profiles that executors of a stage must have.
//
// A Profile's identity is its content: two parts of a program that ask for the same resources
// get the same ID and share executors. ID 0 is always the application's default profile.
//
// Values are plain data; a Table belongs to the goroutine that owns the scheduler.
package resource
