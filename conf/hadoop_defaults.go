package conf

// hadoopDefaults are the values of core-default.xml, hdfs-default.xml and yarn-default.xml
// (Hadoop 3.5) that weft reads.
var hadoopDefaults = [][2]string{
	{"fs.defaultFS", "file:///"},
	{"hadoop.tmp.dir", "/tmp/hadoop-${user.name}"},
	{"hadoop.rpc.protection", "authentication"},
	{"hadoop.security.authentication", "simple"},
	{"io.file.buffer.size", "4096"},
	{"fs.permissions.umask-mode", "022"},

	{"dfs.blocksize", "134217728"},
	{"dfs.replication", "3"},
	{"dfs.client.use.datanode.hostname", "false"},
	{"dfs.encrypt.data.transfer", "false"},

	{"yarn.http.policy", "HTTP_ONLY"},
	{"yarn.resourcemanager.hostname", "0.0.0.0"},
	{"yarn.resourcemanager.address", "${yarn.resourcemanager.hostname}:8032"},
	{"yarn.resourcemanager.scheduler.address", "${yarn.resourcemanager.hostname}:8030"},
	{"yarn.resourcemanager.webapp.address", "${yarn.resourcemanager.hostname}:8088"},
	{"yarn.resourcemanager.webapp.https.address", "${yarn.resourcemanager.hostname}:8090"},
	{"yarn.resourcemanager.ha.enabled", "false"},
	{"yarn.resourcemanager.connect.max-wait.ms", "900000"},
	{"yarn.resourcemanager.connect.retry-interval.ms", "30000"},
	{"yarn.resourcemanager.am.max-attempts", "2"},
	{"yarn.am.liveness-monitor.expiry-interval-ms", "600000"},
	{"yarn.scheduler.minimum-allocation-mb", "1024"},
	{"yarn.scheduler.maximum-allocation-mb", "8192"},
	{"yarn.log-aggregation-enable", "false"},
	{"yarn.nodemanager.remote-app-log-dir", "/tmp/logs"},
	{"yarn.nodemanager.remote-app-log-dir-suffix", "logs"},
	{"yarn.nodemanager.vmem-pmem-ratio", "2.1"},
}

// deprecated maps old key names to those that took over, as Hadoop's DeprecationDelta lists do.
var deprecated = map[string][]string{
	"fs.default.name":                    {"fs.defaultFS"},
	"dfs.block.size":                     {"dfs.blocksize"},
	"dfs.federation.nameservices":        {"dfs.nameservices"},
	"dfs.federation.nameservice.id":      {"dfs.nameservice.id"},
	"dfs.http.address":                   {"dfs.namenode.http-address"},
	"dfs.umask":                          {"fs.permissions.umask-mode"},
	"dfs.umaskmode":                      {"fs.permissions.umask-mode"},
	"dfs.name.dir":                       {"dfs.namenode.name.dir"},
	"dfs.data.dir":                       {"dfs.datanode.data.dir"},
	"dfs.socket.timeout":                 {"dfs.client.socket-timeout"},
	"dfs.write.packet.size":              {"dfs.client-write-packet-size"},
	"yarn.resourcemanager.zk-timeout.ms": {"hadoop.zk.timeout-ms"},
}

// currentNames is the key itself, or what replaced it.
func currentNames(key string) []string {
	if names := deprecated[key]; names != nil {
		return names
	}
	return []string{key}
}
