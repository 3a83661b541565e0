// Package conf holds the two configurations a weft process reads: Hadoop's and weft's own.
//
// Hadoop is what the *-site.xml files of HADOOP_CONF_DIR say, read by Hadoop's rules (final
// values, ${variables}, XInclude, deprecated names), with the few *-default values weft needs
// compiled in. Conf is weft's own typed registry: every key is declared once, in keys.go, with its
// type, default and meaning, and read through its handle; those of named resources follow a pattern
// (resource_keys.go), and those of a cluster plugin are the plugin's:
//
//	c, err := conf.Load(conf.Sources{Flags: flags})
//	mem := conf.ExecutorMemory.Get(c)
//
// A value comes from the first of: the program, --conf and named flags, the properties file, the
// environment, the default. Every value knows where it came from (Explain).
//
// Files, environment and flags flow in; typed values flow out. A Hadoop or Conf is built by one
// goroutine and may afterwards be read by many at once, as long as nobody calls Set.
package conf
