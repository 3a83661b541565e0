package plugin

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
)

// prefix begins the name of every plugin's file.
const prefix = "weft-cluster-"

// ErrNotFound says that there is no such plugin.
var ErrNotFound = errors.New("cluster plugin not found")

// names are those a plugin may have: what cannot lead out of PATH's directories.
var names = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// Find gives the path of the plugin weft-cluster-NAME.
func Find(name string) (string, error) {
	if !names.MatchString(name) {
		return "", fmt.Errorf("%w: %q is not a plugin's name; use letters, digits, - and _",
			ErrNotFound, name)
	}
	path, err := exec.LookPath(prefix + name)
	if err != nil {
		return "", fmt.Errorf("%w: no program %s%s in the directories of PATH; install it there: %w",
			ErrNotFound, prefix, name, err)
	}
	return path, nil
}
