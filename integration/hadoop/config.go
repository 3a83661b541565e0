package hadoop

import (
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
)

type properties map[string]string

// siteFiles are all given the same properties: Hadoop's classes read those of their own part.
var siteFiles = []string{"core-site.xml", "hdfs-site.xml", "yarn-site.xml", "mapred-site.xml"}

const log4j = `# Clients are quiet; the daemons' command lines set the root logger to INFO.
hadoop.root.logger=WARN,console
log4j.rootLogger=${hadoop.root.logger}
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %p %c{2}: %m%n
log4j.logger.http.requests=WARN
log4j.logger.org.apache.hadoop.util.NativeCodeLoader=ERROR
`

// clusterProperties are what clients, masters and nodes all read.
func clusterProperties(o Options) properties {
	at := func(offset int) string { return hostPort(masterHost, o.PortBase+offset) }
	return properties{
		"fs.defaultFS":                     "hdfs://" + at(nameNodeRPC),
		"hadoop.tmp.dir":                   filepath.Join(o.Dir, "tmp"),
		"dfs.namenode.rpc-address":         at(nameNodeRPC),
		"dfs.namenode.http-address":        at(nameNodeHTTP),
		"dfs.namenode.name.dir":            "file://" + filepath.Join(o.Dir, "name"),
		"dfs.replication":                  strconv.Itoa(min(o.Nodes, 2)),
		"dfs.client.use.datanode.hostname": "true", // see the package comment

		"yarn.resourcemanager.hostname":                           masterHost,
		"yarn.resourcemanager.address":                            at(rmClient),
		"yarn.resourcemanager.scheduler.address":                  at(rmScheduler),
		"yarn.resourcemanager.resource-tracker.address":           at(rmTracker),
		"yarn.resourcemanager.admin.address":                      at(rmAdmin),
		"yarn.resourcemanager.webapp.address":                     at(rmHTTP),
		"yarn.log-aggregation-enable":                             "true",
		"yarn.nodemanager.remote-app-log-dir":                     "/tmp/logs",
		"yarn.nm.liveness-monitor.expiry-interval-ms":             "15000",
		"yarn.am.liveness-monitor.expiry-interval-ms":             "30000",
		"yarn.scheduler.minimum-allocation-mb":                    "256",
		"yarn.scheduler.maximum-allocation-mb":                    strconv.Itoa(o.NodeMemoryMB),
		"yarn.scheduler.maximum-allocation-vcores":                strconv.Itoa(o.NodeVcores),
		"yarn.resourcemanager.am.max-attempts":                    "2",
		"yarn.resourcemanager.recovery.enabled":                   "true",
		"yarn.resourcemanager.scheduler.class":                    capacityScheduler,
		"yarn.resourcemanager.store.class":                        fileStore,
		"yarn.resourcemanager.fs.state-store.uri":                 "file://" + filepath.Join(o.Dir, "rm"),
		"yarn.resourcemanager.nodemanagers.heartbeat-interval-ms": "1000",

		"mapreduce.framework.name": "local", // the examples are an oracle, not a load
	}
}

const (
	capacityScheduler = "org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.CapacityScheduler"
	fileStore         = "org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore"
)

// masterProperties are what the NameNode and the ResourceManager read besides.
func masterProperties(o Options) properties {
	return properties{
		"dfs.namenode.safemode.extension":                                  "0",
		"dfs.namenode.heartbeat.recheck-interval":                          "5000",
		"dfs.heartbeat.interval":                                           "1",
		"dfs.namenode.datanode.registration.ip-hostname-check":             "false",
		"yarn.resourcemanager.work-preserving-recovery.scheduling-wait-ms": "1000",
		"yarn.resourcemanager.nodes.exclude-path":                          o.ExcludeFile(),
	}
}

// nodeProperties are what the DataNode and the NodeManager of node i read besides.
func nodeProperties(o Options, i int) properties {
	at := func(offset int) string { return hostPort(nodeHost(i), o.PortBase+offset) }
	dir := func(name string) string { return filepath.Join(o.nodeDir(i), name) }
	return properties{
		"dfs.datanode.hostname":                 nodeHost(i),
		"dfs.datanode.address":                  at(firstDataNode + 2*i),
		"dfs.datanode.http.internal-proxy.port": strconv.Itoa(o.PortBase + firstDataNode + 2*i + 1),
		"dfs.datanode.http.address":             at(dataNodeHTTP),
		"dfs.datanode.ipc.address":              at(dataNodeIPC),
		"dfs.datanode.data.dir":                 "file://" + dir("data"),
		"dfs.datanode.use.datanode.hostname":    "true",
		"dfs.datanode.du.reserved":              "0",
		"dfs.heartbeat.interval":                "1",

		"yarn.nodemanager.hostname":                      nodeHost(i),
		"yarn.nodemanager.address":                       at(nodeManagerRPC),
		"yarn.nodemanager.localizer.address":             at(nodeManagerLocalizer),
		"yarn.nodemanager.webapp.address":                at(nodeManagerHTTP),
		"yarn.nodemanager.collector-service.address":     at(nodeManagerCollector),
		"yarn.nodemanager.local-dirs":                    dir("local"),
		"yarn.nodemanager.log-dirs":                      dir("containers"),
		"yarn.nodemanager.recovery.enabled":              "true",
		"yarn.nodemanager.recovery.dir":                  dir("recovery"),
		"yarn.nodemanager.recovery.supervised":           "true",
		"yarn.nodemanager.resource.memory-mb":            strconv.Itoa(o.NodeMemoryMB),
		"yarn.nodemanager.resource.cpu-vcores":           strconv.Itoa(o.NodeVcores),
		"yarn.nodemanager.env-whitelist":                 inherited,
		"yarn.nodemanager.vmem-check-enabled":            "false",
		"yarn.nodemanager.delete.debug-delay-sec":        "0",
		"yarn.nodemanager.resource.memory.enforced":      "false", // true leaves it to cgroups: none here
		"yarn.resourcemanager.connect.retry-interval.ms": "500",

		"yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage": "99.5",
		"yarn.nodemanager.disk-health-checker.min-free-space-per-disk-mb":               "64",
	}
}

// inherited are the variables that containers take from their NodeManager: Hadoop's default
// list and the mark by which Stop finds them.
const inherited = "JAVA_HOME,HADOOP_COMMON_HOME,HADOOP_HDFS_HOME,HADOOP_CONF_DIR," +
	"CLASSPATH_PREPEND_DISTCACHE,HADOOP_YARN_HOME,HADOOP_HOME,PATH,LANG,TZ," + markName

// queueProperties are the queues: default, small for tests of limits, and one that is stopped.
func queueProperties() properties {
	const root = "yarn.scheduler.capacity.root."
	return properties{
		"yarn.scheduler.capacity.maximum-am-resource-percent": "0.9",
		"yarn.scheduler.capacity.resource-calculator":         dominantResources,
		"yarn.scheduler.capacity.node-locality-delay":         "40",
		root + "queues":                    "default,small,stopped",
		root + "default.capacity":          "80",
		root + "default.maximum-capacity":  "100",
		root + "default.user-limit-factor": "10",
		root + "small.capacity":            "10",
		root + "small.maximum-capacity":    "20",
		root + "small.user-limit-factor":   "10",
		root + "stopped.capacity":          "10",
		root + "stopped.maximum-capacity":  "10",
		root + "stopped.state":             "STOPPED",
	}
}

const dominantResources = "org.apache.hadoop.yarn.util.resource.DominantResourceCalculator"

// ExcludeFile names the hosts to decommission, one a line; empty at first. The ResourceManager
// reads it again on `yarn rmadmin -refreshNodes` (Cluster.Run with the class RMAdminCLI).
func (o Options) ExcludeFile() string { return filepath.Join(o.Dir, "exclude") }

func (o Options) confDir() string       { return filepath.Join(o.Dir, "conf") }
func (o Options) masterConf() string    { return filepath.Join(o.Dir, "master", "conf") }
func (o Options) nodeDir(i int) string  { return filepath.Join(o.Dir, "node"+strconv.Itoa(i)) }
func (o Options) nodeConf(i int) string { return filepath.Join(o.nodeDir(i), "conf") }

// writeConfig writes the configuration folders of clients, masters and every node.
func (o Options) writeConfig() error {
	base := clusterProperties(o)
	if err := o.writeConfDir(o.confDir(), base); err != nil {
		return err
	}
	if err := o.writeConfDir(o.masterConf(), base, masterProperties(o)); err != nil {
		return err
	}
	for i := range o.Nodes {
		layers := []properties{base, nodeProperties(o, i)}
		if o.ShuffleService {
			layers = append(layers, shuffleServiceProperties(o, i))
		}
		if err := o.writeConfDir(o.nodeConf(i), layers...); err != nil {
			return err
		}
	}
	return nil
}

// writeConfDir writes one folder; later layers override earlier ones, Options.Properties all.
func (o Options) writeConfDir(dir string, layers ...properties) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	merged := merge(append(layers, o.Properties)...)
	for _, name := range siteFiles {
		if err := writeXML(filepath.Join(dir, name), merged); err != nil {
			return err
		}
	}
	queues := merge(queueProperties(), o.Properties)
	if err := writeXML(filepath.Join(dir, "capacity-scheduler.xml"), queues); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "log4j.properties"), []byte(log4j), 0o644)
}

func merge(layers ...properties) properties {
	merged := properties{}
	for _, layer := range layers {
		maps.Copy(merged, layer)
	}
	return merged
}

// writeXML writes properties in Hadoop's form, sorted by name.
func writeXML(path string, p properties) error {
	type property struct {
		Name  string `xml:"name"`
		Value string `xml:"value"`
	}
	doc := struct {
		XMLName    xml.Name   `xml:"configuration"`
		Properties []property `xml:"property"`
	}{}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		doc.Properties = append(doc.Properties, property{name, p[name]})
	}
	text, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.WriteFile(path, append([]byte(xml.Header), append(text, '\n')...), 0o644)
}

func currentUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return os.Getenv("USER")
}
