// Package shuffle moves records from map tasks to reduce tasks: it writes them to files by
// partition, serves the files, fetches, verifies and merges them.
//
// It works on bytes. A record is a key and a value, both encoded by the caller; typed code
// lives elsewhere and calls in. Data flows in one line:
//
//	map task ─ Add ─▶ Writer ─▶ data + index ─▶ Server ─▶ Client ─▶ Reader ─ Batch ─▶ reduce task
//	                                   └───────── same host ──────────▶┘
//
// # Files
//
// A map attempt leaves two files in one of the application's local directories, found by
// its ids alone; short attempts that one executor ran in a row may share them (group.go):
//
//	<local dir>/weft-shuffle/<shuffle>/m<map>-a<attempt>.data
//	┌─────────────────────────────┬─────────────────────────────┬───┐
//	│ block of partition 0        │ block of partition 1        │ … │   a block is frames
//	│ ┌────────┬────────┬───────┐ │ ┌────────┐                  │   │   a frame is a header
//	│ │ frame  │ frame  │ frame │ │ │ frame  │                  │   │   and whole records
//	│ └────────┴────────┴───────┘ │ └────────┘                  │   │
//	└─────────────────────────────┴─────────────────────────────┴───┘
//	<local dir>/weft-shuffle/<shuffle>/m<map>-a<attempt>.index
//	┌────────┬─────────┬─────────┬───┬─────────┐
//	│ header │ entry 0 │ entry 1 │ … │ members │   offset, length, records, checksums
//	└────────┴─────────┴─────────┴───┴─────────┘
//
// Where several map tasks share a file, it is named after the first, a frame begins with a
// directory of whose records it holds, and the index ends with the list of members:
//
//	┌──────────────────────────────────────────────┐
//	│ block of partition p                         │   of a group
//	│ ┌─────────────────────────────────┬────────┐ │
//	│ │ frame: directory, map 3, map 4… │ frame… │ │
//	│ └─────────────────────────────────┴────────┘ │
//	└──────────────────────────────────────────────┘
//
// Records are drawn in record.go, frames in frame.go, their directory in runs.go, the index in
// index.go, the protocol between Client and Server in protocol.go. Each has a version. All of
// them are hostile input to their readers: no length is believed before it is checked.
//
// # What is verified
//
// Each frame has a CRC32C over its header and its bytes, checked before the first of its
// records is used. The index entry of a block has the number of its records, the sum of
// their hashes, taken when each record arrived at the Writer, and a CRC32C over the frame
// headers: these are checked together with the last frame, so that a frame that is missing,
// doubled or another block's is found, and so is a mistake of the sort and merge between.
// A wrong block is a *FetchFailedError, never a wrong row.
//
// # Memory
//
// Writer, Sorter and Merge take memory from a budget that tasks share, and go to disk when
// it grants no more; a Reader holds at most its in-flight limit. What a Batch or Records
// hands out is never written again, so that strings may be made of it without a copy.
//
// # Serving
//
// An executor serves its own Store, over connections that its application's identity has
// authenticated. A node's service serves Files of many applications: a connection proves its
// application's secret first (proof.go), and reaches that one's directory only (appdir.go). An
// answer is a position in a list of items (reply.go): while its client takes nothing it holds
// no buffer, and it moves in turns that applications get one after another (turns.go).
//
//	conn ─ proof ─▶ guest of a tenant ─ request ─▶ reply ─ turn ─▶ fill ◀─ pread ─ Files
//	                                                        └─────▶ socket ◀─ sendfile
//
// # Goroutines
//
// A Writer, Sorter, Reader or Records belongs to one goroutine. A Store, Client, Server and
// Budget are shared by all tasks of an executor. Only a Reader, until Close, and a Server,
// in Serve, have goroutines of their own.
package shuffle
