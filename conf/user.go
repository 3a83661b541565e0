package conf

import (
	"errors"
	"os/user"
)

// errNoUser is rare: a container with a numeric user that no password file knows.
var errNoUser = errors.New("cannot tell the user's name: set HADOOP_USER_NAME")

// User is who a cluster without Kerberos takes this process for: HADOOP_USER_NAME, else the
// operating system's user, else USER.
func User(getenv func(string) string) (string, error) {
	if name := getenv("HADOOP_USER_NAME"); name != "" {
		return name, nil
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username, nil
	}
	if name := getenv("USER"); name != "" {
		return name, nil
	}
	return "", errNoUser
}
