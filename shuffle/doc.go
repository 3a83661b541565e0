// Package shuffle moves records from map tasks to reduce tasks: it writes them to files by
// partition, serves the files, fetches, verifies and merges them.
//
// It works on bytes. A record is a key and a value, both encoded by the caller; typed code
// lives elsewhere and calls in. Data flows in one line:
//
//	map task ─ Add ─▶ Writer ─▶ data + index file ─▶ Server ─▶ Client ─▶ Reader ─ Batch ─▶ reduce task
//	                                     └────────── same host ─────────▶┘
//
// A Writer, Sorter, Reader or Records belongs to one goroutine. A Store, Client, Server and
// Budget are shared by all tasks of an executor.
package shuffle
