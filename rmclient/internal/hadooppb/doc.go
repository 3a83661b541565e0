// Package hadooppb holds the part of Hadoop's protobuf messages that package rmclient speaks. The
// .proto files are our own: the same numbers, types and labels as Hadoop's, which are facts of the
// wire, under file paths and a protobuf package of our own, because the Go registry panics when
// two packages of a program declare the same names and an HDFS library declares Hadoop's.
//
// The generated code is data: messages go in and out of rmclient/internal/ipc, and nothing outside
// rmclient sees them. TestAgainstHadoop compares every field declared here with the descriptors in
// Hadoop's own jars.
package hadooppb

//go:generate go run github.com/bufbuild/buf/cmd/buf@v1.50.0 generate
