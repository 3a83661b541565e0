//go:build unix

package fs

import (
	"os"
	"os/user"
	"strconv"
	"sync"
	"syscall"
)

// owner names who owns a file, by number where no name is known.
func owner(info os.FileInfo) (name, group string) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", ""
	}
	return names.user(st.Uid), names.group(st.Gid)
}

// names remembers what the password file said: a listing asks again and again.
var names nameCache

type nameCache struct{ users, groups sync.Map }

func (c *nameCache) user(id uint32) string {
	return cached(&c.users, id, func(id string) (string, error) {
		u, err := user.LookupId(id)
		if err != nil {
			return "", err
		}
		return u.Username, nil
	})
}

func (c *nameCache) group(id uint32) string {
	return cached(&c.groups, id, func(id string) (string, error) {
		g, err := user.LookupGroupId(id)
		if err != nil {
			return "", err
		}
		return g.Name, nil
	})
}

func cached(m *sync.Map, id uint32, look func(string) (string, error)) string {
	if v, ok := m.Load(id); ok {
		return v.(string)
	}
	number := strconv.FormatUint(uint64(id), 10)
	name, err := look(number)
	if err != nil {
		name = number
	}
	m.Store(id, name)
	return name
}
