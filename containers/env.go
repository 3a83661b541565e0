package containers

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-data/weft/resource"
)

// The environment of an executor's process. Every value is made of letters, digits and ".:-_=+/,"
// only, because YARN puts it into a shell script without escaping.
const (
	EnvRole     = "WEFT_ROLE"     // "executor"
	EnvExecutor = "WEFT_EXECUTOR" // its number
	EnvDriver   = "WEFT_DRIVER"   // host:port
	EnvHost     = "WEFT_HOST"     // the container's host
	EnvSlots    = "WEFT_SLOTS"    // tasks at once
	EnvResource = "WEFT_RESOURCE" // megabytes,cores
	EnvDirs     = "WEFT_DIRS"     // base64 of the directories, NUL between them
)

// RoleExecutor is the value of EnvRole in an executor's process.
const RoleExecutor = "executor"

// Env gives what the executor's process finds in its environment, as "NAME=value" in a fixed order.
// The identity is not in it: it is a secret, and every Cluster has a better way for it.
func (l Launch) Env() []string {
	return []string{
		EnvRole + "=" + RoleExecutor,
		EnvExecutor + "=" + strconv.Itoa(int(l.Executor)),
		EnvDriver + "=" + l.Driver,
		EnvHost + "=" + l.Host,
		EnvSlots + "=" + strconv.Itoa(l.Slots),
		EnvResource + "=" + fmt.Sprintf("%d,%d", l.Resource.Memory, l.Resource.Cores),
		EnvDirs + "=" + base64.StdEncoding.EncodeToString([]byte(strings.Join(l.Dirs, "\x00"))),
	}
}

// FromEnv is the inverse of Env, in the executor's process. Its Identity is nil.
func FromEnv(getenv func(string) string) (Launch, error) {
	if role := getenv(EnvRole); role != RoleExecutor {
		return Launch{}, fmt.Errorf("%s is %q, want %q", EnvRole, role, RoleExecutor)
	}
	var l Launch
	var errs [4]error
	var id int
	id, errs[0] = number(getenv, EnvExecutor, 0)
	l.Slots, errs[1] = number(getenv, EnvSlots, 1)
	l.Resource, errs[2] = amounts(getenv(EnvResource))
	l.Dirs, errs[3] = dirs(getenv(EnvDirs))
	l.Executor, l.Driver, l.Host = int32(id), getenv(EnvDriver), getenv(EnvHost)
	if err := errors.Join(errs[:]...); err != nil {
		return Launch{}, fmt.Errorf("read the executor's environment: %w", err)
	}
	return l, nil
}

func number(getenv func(string) string, name string, least int) (int, error) {
	n, err := strconv.ParseInt(getenv(name), 10, 32)
	if err != nil || int(n) < least {
		return 0, fmt.Errorf("%s is %q, want a number of at least %d", name, getenv(name), least)
	}
	return int(n), nil
}

func amounts(s string) (resource.Vector, error) {
	memory, cores, _ := strings.Cut(s, ",")
	m, err1 := strconv.ParseInt(memory, 10, 64)
	c, err2 := strconv.ParseInt(cores, 10, 32)
	if err1 != nil || err2 != nil || m < 0 || c < 0 {
		return resource.Vector{}, fmt.Errorf("%s is %q, want MEGABYTES,CORES", EnvResource, s)
	}
	return resource.Vector{Memory: resource.Megabytes(m), Cores: int(c)}, nil
}

func dirs(s string) ([]string, error) {
	joined, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", EnvDirs, err)
	}
	if len(joined) == 0 {
		return nil, nil
	}
	return strings.Split(string(joined), "\x00"), nil
}
