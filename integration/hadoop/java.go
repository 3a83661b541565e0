package hadoop

import (
	"os"
	"path/filepath"
	"strings"
)

// opened are the packages of the JDK into which Hadoop reflects on Java 17.
var opened = []string{
	"java.lang", "java.io", "java.math", "java.net", "java.text", "java.util",
	"java.util.concurrent", "java.util.zip", "sun.security.util", "sun.security.x509",
}

// javaFlags start a small JVM fast: one compiler tier and the serial collector halve the time
// to serve on two cores.
func javaFlags(heap string) []string {
	flags := []string{
		"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx" + heap,
		"-Djava.net.preferIPv4Stack=true",
	}
	for _, p := range opened {
		flags = append(flags, "--add-opens=java.base/"+p+"=ALL-UNNAMED")
	}
	return flags
}

// classPath puts a configuration folder before the jars.
func classPath(conf, lib string) string {
	return conf + string(os.PathListSeparator) + filepath.Join(lib, "*")
}

// daemonEnv is the environment of a cluster's processes: ours without another Hadoop's
// settings, plus the mark.
func daemonEnv(o Options, conf string) []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "HADOOP_") && !strings.HasPrefix(v, "YARN_") &&
			!strings.HasPrefix(v, "WEFT_") {
			env = append(env, v)
		}
	}
	return append(env, "HADOOP_CONF_DIR="+conf, mark(o.Dir))
}
