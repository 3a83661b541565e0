// Package wordcount measures word count inside one process: megabytes of text per second and core,
// and allocations per record.
//
//	go test -bench . -cpuprofile cpu.out -memprofile mem.out ./bench/wordcount
//
// The text is made by the benchmark: words of a vocabulary of 50,000, drawn so that a few are very
// frequent, as in natural language. Nothing calls the package.
package wordcount
