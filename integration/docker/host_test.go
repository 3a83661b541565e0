//go:build docker

package docker

import (
	"os/exec"
	"testing"
)

// A host is one of the mini-cluster; its container has the same name after "weft-".
type host string

// The hosts that faults happen to.
const (
	node1 host = "nodemanager1"
	node2 host = "nodemanager2"
	data2 host = "datanode2"
)

// address is that of docker-compose.yml.
func (h host) address() string {
	return subnet + map[host]string{node1: ".31", node2: ".32"}[h]
}

// other is the other NodeManager.
func (h host) other() host {
	if h == node1 {
		return node2
	}
	return node1
}

// docker runs docker COMMAND ARGS for the host's container.
func (h host) docker(t *testing.T, command string, args ...string) {
	t.Helper()
	run(t, "docker", append(append([]string{command}, args...), "weft-"+string(h))...)
}

// filter changes what the host's kernel lets through.
func (h host) filter(t *testing.T, rule ...string) {
	t.Helper()
	inside := []string{"exec", "--user", "root", "weft-" + string(h), "iptables"}
	run(t, "docker", append(inside, rule...)...)
}

// recovers waits until the host's daemon serves.
func (h host) recovers(t *testing.T) {
	t.Helper()
	until(t, string(h)+" to serve", func() bool {
		return h.says("/opt/hadoop/run", "healthy")
	})
}

// says is whether a command on the host succeeds.
func (h host) says(command ...string) bool {
	argv := append([]string{"exec", "weft-" + string(h)}, command...)
	return exec.Command("docker", argv...).Run() == nil
}

// A fault is something that happens to a host, and what ends it.
type fault struct {
	name      string
	hit, heal func(t *testing.T, h host)
}

var faults = []fault{
	{"killed",
		func(t *testing.T, h host) { h.docker(t, "kill") },
		func(t *testing.T, h host) { h.docker(t, "start") }},
	{"paused",
		func(t *testing.T, h host) { h.docker(t, "pause") },
		func(t *testing.T, h host) { h.docker(t, "unpause") }},
	{"cut off",
		func(t *testing.T, h host) { h.docker(t, "network", "disconnect", network) },
		func(t *testing.T, h host) { h.docker(t, "network", "connect", "--ip", h.address(), network) }},
	{"unheard", // it hears the others
		func(t *testing.T, h host) { h.filter(t, "-A", "OUTPUT", "!", "-o", "lo", "-j", "DROP") },
		func(t *testing.T, h host) { h.filter(t, "-F", "OUTPUT") }},
	{"deaf", // the others hear it
		func(t *testing.T, h host) { h.filter(t, "-A", "INPUT", "!", "-i", "lo", "-j", "DROP") },
		func(t *testing.T, h host) { h.filter(t, "-F", "INPUT") }},
}

// network is that of the cluster.
const network = "weft_weft"

// happens lets a fault happen to a NodeManager, and returns what heals it and waits until the
// ResourceManager has the host back. The end of the test heals it too.
func (f fault) happens(t *testing.T, h host) (heal func()) {
	t.Helper()
	healed := false
	heal = func() {
		t.Helper()
		if healed {
			return
		}
		healed = true
		f.heal(t, h)
		awaitState(t, h, "RUNNING")
	}
	t.Cleanup(heal)
	f.hit(t, h)
	return heal
}
