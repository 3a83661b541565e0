// Package console writes for people: the progress line of running stages, tables, and the timing
// report of an application.
//
// Plain structs flow in (Stage, Timing, rows of a Table), text flows out to a writer, usually
// standard error. The package knows nothing of weft: whoever runs the stages fills the structs.
//
// A Console owns its writer. Log lines written to it and the progress line never mix: the line is
// taken away before a log line and comes back below it. A Console may be used from any number of
// goroutines; Show starts one goroutine, and the stop function it returns waits for it. Table and
// Timing belong to one goroutine at a time.
package console
