package conf

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrNoHadoopConf means that neither HADOOP_CONF_DIR nor YARN_CONF_DIR is set.
var ErrNoHadoopConf = errors.New("HADOOP_CONF_DIR is not set: " +
	"set it to the directory that holds core-site.xml and yarn-site.xml")

// siteFiles are read from each directory, in this order.
var siteFiles = []string{"core-site.xml", "hdfs-site.xml", "yarn-site.xml"}

// HadoopFromEnv reads HADOOP_CONF_DIR, and above it YARN_CONF_DIR where that is another
// directory. A nil getenv is os.Getenv. Without either the error is ErrNoHadoopConf.
func HadoopFromEnv(getenv func(string) string) (*Hadoop, error) {
	if getenv == nil {
		getenv = os.Getenv
	}
	var dirs, names []string
	for _, name := range []string{"HADOOP_CONF_DIR", "YARN_CONF_DIR"} {
		dir := getenv(name)
		if dir == "" || (len(dirs) > 0 && filepath.Clean(dir) == filepath.Clean(dirs[0])) {
			continue
		}
		dirs, names = append(dirs, dir), append(names, name)
	}
	if len(dirs) == 0 {
		return nil, ErrNoHadoopConf
	}
	h := NewHadoop()
	h.getenv, h.system = getenv, systemProperties(getenv)
	for i, dir := range dirs {
		if err := h.readDir(dir); err != nil {
			return nil, fmt.Errorf("%s: %w", names[i], err)
		}
	}
	return h, nil
}

// LoadHadoop reads the site files of one directory over Hadoop's defaults.
func LoadHadoop(dir string) (*Hadoop, error) {
	h := NewHadoop()
	if err := h.readDir(dir); err != nil {
		return nil, err
	}
	return h, nil
}

// readDir reads the site files that are there. Hadoop goes on without any, and then talks to a
// cluster at 0.0.0.0; a directory without all three is more likely a wrong path.
func (h *Hadoop) readDir(dir string) error {
	if info, err := os.Stat(dir); err != nil {
		return fmt.Errorf("read Hadoop configuration: %w; set it to the directory that holds "+
			"core-site.xml", err)
	} else if !info.IsDir() {
		return fmt.Errorf("read Hadoop configuration: %s is not a directory", dir)
	}
	found := false
	for _, name := range siteFiles {
		err := h.readFile(dir, name)
		if errors.Is(err, os.ErrNotExist) && !errors.Is(err, errInclude) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read Hadoop configuration: %w", err)
		}
		found = true
	}
	if !found {
		return fmt.Errorf("read Hadoop configuration: %s has no core-site.xml, hdfs-site.xml or "+
			"yarn-site.xml; is it the right directory?", dir)
	}
	return nil
}
