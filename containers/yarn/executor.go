package yarn

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// Variables that the NodeManager sets in every container.
const (
	envLocalDirs   = "LOCAL_DIRS"
	envCredentials = "HADOOP_TOKEN_FILE_LOCATION"
)

// InContainer reports whether this process was started by a NodeManager.
func InContainer(getenv func(string) string) bool {
	return getenv(envCredentials) != "" && getenv("CONTAINER_ID") != ""
}

// LocalDirs are the application's own directories on this node, one for each disk. They outlive the
// container and go with the application.
func LocalDirs(getenv func(string) string) []string {
	var dirs []string
	for dir := range strings.SplitSeq(getenv(envLocalDirs), ",") {
		if dir = strings.TrimSpace(dir); filepath.IsAbs(dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// Credentials reads those that YARN gave this container.
func Credentials(getenv func(string) string) (rmclient.Credentials, error) {
	return rmclient.ReadCredentialsFile(getenv(envCredentials))
}

// Executor is what the executor in this container was told: its environment, its directories, the
// node's shuffle service and the application's identity.
func Executor(getenv func(string) string) (containers.Launch, error) {
	l, err := containers.FromEnv(getenv)
	if err != nil {
		return l, err
	}
	if l.Dirs = LocalDirs(getenv); len(l.Dirs) == 0 {
		return l, fmt.Errorf("executor %d: %s names no directory", l.Executor, envLocalDirs)
	}
	if l.Service, err = service(getenv, l.Host); err != nil {
		return l, fmt.Errorf("executor %d: %w", l.Executor, err)
	}
	c, err := Credentials(getenv)
	if err != nil {
		return l, fmt.Errorf("executor %d: %w", l.Executor, err)
	}
	if l.Identity, err = identity.Unmarshal(c.Secrets[submit.IdentityAlias]); err != nil {
		return l, fmt.Errorf("executor %d: read the application's identity: %w", l.Executor, err)
	}
	return l, nil
}
