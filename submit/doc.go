// Package submit brings a program to a YARN cluster.
//
//	CheckProgram ─▶ Program ┐             ┌▶ Cluster    the driver runs in the AM's container
//	conf.Conf, conf.Hadoop ─┴▶ Request ───┤
//	                                      └▶ Unmanaged  the driver runs in this process
//
// The program goes to HDFS once, under its SHA-256, as a resource that every node keeps:
//
//	<staging>/.weft/cache/<sha256>/program
//
// All else that belongs to one job travels in the secrets of the credentials that YARN hands to
// the container (JobSpec, the application's identity), so a job writes nothing to HDFS and nothing
// of it passes through a shell. Bad input is refused before anything is written, each mistake with
// one line that says what, which and what to do; a submission that fails later leaves neither
// files nor an application.
//
// The command line calls Cluster, package weft calls Unmanaged, and the driver in an AM's container
// calls ReadJob. Values belong to one goroutine; Application and Attempt may be used from any.
package submit
