// Package fs reaches files of any kind by one interface: local ones and those of HDFS.
//
// A Resolver turns a URL into the FS that holds it and a clean path in it. Paths flow in, bytes
// flow out. A Resolver and its FSs may be used from any number of goroutines; a File or Writer
// belongs to one at a time. The owner of a Resolver closes it after the last use.
//
// Package text reads lines from it, package commit writes output that appears whole or not at all.
package fs
