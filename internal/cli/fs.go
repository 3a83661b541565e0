package cli

import (
	"github.com/spf13/cobra"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
)

// newFS makes the commands that reach HDFS without Hadoop's scripts.
func newFS(e Env) *cobra.Command {
	g := group("fs", "Reach files of the cluster and of this machine",
		newLs(e), newCat(e), newPut(e), newGet(e), newRm(e), newMkdir(e))
	g.Long = `Paths are those of the cluster's default file system (fs.defaultFS), relative ones below
/user/NAME; hdfs://HOST:PORT/PATH, hdfs://NAMESERVICE/PATH and file:/PATH name another. *, ?, [a-z],
{a,b} and ** match names; quote them. Without HADOOP_CONF_DIR plain paths are local.`
	return g
}

// withFiles runs a command on the files of the cluster.
func (e Env) withFiles(run func(*fs.Resolver) error) error {
	c, err := e.load(conf.Sources{})
	if err != nil {
		return err
	}
	files, err := e.files(c)
	if err != nil {
		return err
	}
	defer files.Close()
	return run(files)
}
