// Package hadoop starts a real Hadoop cluster on this machine, without docker and without root,
// for tests and for trying weft out.
//
// Jars come from Maven (pom.xml in this folder) into build/hadoop/VERSION/lib, once. A cluster is
// one NameNode, one ResourceManager, and for each node a DataNode and a NodeManager, every one a
// JVM of its own that can be stopped, killed with -9 and started again alone:
//
//	127.0.0.1    NameNode, ResourceManager
//	127.0.0.11   DataNode, NodeManager          node 0
//	127.0.0.12   DataNode, NodeManager          node 1 …
//
// Each node is a host of its own because its daemons listen on, and call themselves by, an address
// of its own in 127.0.0.0/8. So locality, exclusion by host and host asks behave as on separate
// machines: the hosts of HDFS block locations are the same strings as the hosts of NodeIds. The
// nodes share one file system and one network stack; a local path that should have been fetched
// from another node goes unnoticed here. HDFS clients must use the DataNode's name
// (dfs.client.use.datanode.hostname, set in the configuration written): by its source address the
// NameNode sees every DataNode as 127.0.0.1.
//
// All ports of a cluster lie in one block of 100 below 32768 (above, an outgoing connection could
// take the port of a daemon that is down for a moment). The block is the first free one, so
// clusters run side by side; WEFT_TEST_PORT_BASE chooses it by hand.
//
// Everything a cluster writes lies below Options.Dir:
//
//	cluster.json   what runs: version, addresses, process ids
//	conf/          HADOOP_CONF_DIR for clients
//	logs/          one file for each daemon
//	nodeN/         configuration and data of node N; name/, rm/ those of the masters
//	shuffle-service/  jar and program of weft's shuffle service, where Options ask for it
//
// Each daemon, and so each container started by a NodeManager, carries WEFT_CLUSTER_DIR in its
// environment. That mark is how Stop finds every process to end, including containers that
// outlived their NodeManager, and why a stale process id is never signalled. The shuffle service
// does not carry it, since it inherits nothing: it ends with its NodeManager.
//
// A Cluster may be used by several goroutines as long as no two act on the same Daemon.
package hadoop
