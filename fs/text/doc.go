// Package text plans and reads text input: which files, cut where, and their lines in batches.
//
// Plan turns paths, patterns and directories into partitions of splits, plain data that travels to
// the executors. ReadLines turns one split into batches of lines. The lines of all splits of a
// file are all its lines, each once: a line belongs to the split in which it begins.
//
// Plan is called by the driver, ReadLines by tasks, each from one goroutine.
package text
