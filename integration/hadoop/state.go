package hadoop

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// state is what cluster.json holds: enough to open the cluster from another process.
type state struct {
	Options Options
	Lib     string
	Pids    map[string]int // by Daemon.Name
}

func statePath(dir string) string { return filepath.Join(dir, "cluster.json") }

// save writes cluster.json whole or not at all.
func (c *Cluster) save() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := state{Options: c.Options, Lib: c.Lib, Pids: map[string]int{}}
	for _, d := range c.daemons {
		s.Pids[d.Name] = d.pid
	}
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	next := statePath(c.Dir) + ".new"
	if err := os.WriteFile(next, append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(next, statePath(c.Dir))
}

// Open returns the cluster that was started in o.Dir, by this process or another. The other
// options are those of its start.
func Open(o Options) (*Cluster, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return open(o.Dir)
}

func open(dir string) (*Cluster, error) {
	text, err := os.ReadFile(statePath(dir))
	if err != nil {
		return nil, fmt.Errorf("open the cluster in %s: %w: start it with make cluster-up", dir, err)
	}
	var s state
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("open the cluster in %s: %s: %w", dir, statePath(dir), err)
	}
	c := newCluster(s.Options, s.Lib)
	for _, d := range c.daemons {
		d.pid = s.Pids[d.Name]
	}
	return c, nil
}
