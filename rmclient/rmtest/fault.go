package rmtest

import (
	"fmt"
	"slices"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/ipc"
)

// moment is when a fault strikes: before a call is carried out, or after.
type moment int

const (
	before moment = iota
	after
)

// fault is an error ordered for the next call of a method.
type fault struct {
	method string
	when   moment
	err    error
}

// fault returns and forgets the error ordered for this call, if there is one.
func (c *Cluster) fault(method string, when moment) error {
	for i, f := range c.faults {
		if f.method == method && f.when == when {
			c.faults = slices.Delete(c.faults, i, i+1)
			return f.err
		}
	}
	return nil
}

func (c *Cluster) order(f *fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, f)
}

// LoseAnswer lets the next call of the method be carried out, and breaks the connection instead of
// answering.
func (c *Cluster) LoseAnswer(method string) { c.order(&fault{method, after, ipc.ErrHangUp}) }

// LoseCall breaks the connection at the next call of the method, which is not carried out.
func (c *Cluster) LoseCall(method string) { c.order(&fault{method, before, ipc.ErrHangUp}) }

// Fail answers the next call of the method with a Java exception.
func (c *Cluster) Fail(method, class, message string) {
	c.order(&fault{method, before, &ipc.RemoteError{Class: class, Message: message}})
}

// DropConnections breaks every connection to the ResourceManagers and the NodeManagers.
func (c *Cluster) DropConnections() {
	for _, m := range c.managers {
		m.clients.Drop()
		m.masters.Drop()
	}
	for _, n := range c.nodes {
		n.server.Drop()
	}
}

// RestartRM is a work-preserving restart: connections break, registrations are forgotten, and
// applications and containers live on. New containers have a higher epoch.
func (c *Cluster) RestartRM() {
	c.mu.Lock()
	c.epoch++
	for _, a := range c.apps {
		a.forget()
	}
	c.notify()
	c.mu.Unlock()
	for _, m := range c.managers {
		m.clients.Drop()
		m.masters.Drop()
	}
}

// Failover makes another ResourceManager active, by its number from 0; the others are on standby.
func (c *Cluster) Failover(to int) {
	c.mu.Lock()
	c.active = to
	c.mu.Unlock()
	c.RestartRM()
}

// RollToken gives the application a new AMRMToken. It comes with every heartbeat until the AM has
// connected with it.
func (c *Cluster) RollToken(id rmclient.ApplicationID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.mustApp(id)
	a.key++
	a.amrm = c.issueAMRM(a)
}

// NewAttempt gives the application's attempt up, as if its AM had gone silent, and starts the next
// one. Containers live on if the application asked for that.
func (c *Cluster) NewAttempt(id rmclient.ApplicationID) rmclient.AttemptID {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.mustApp(id)
	c.startAttempt(a)
	c.notify()
	return rmclient.AttemptID{Application: id, Attempt: a.attempt}
}

// Preempt asks containers back, in the next heartbeat only.
func (c *Cluster) Preempt(
	id rmclient.ApplicationID,
	strict bool,
	containers ...rmclient.ContainerID,
) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []*hadooppb.PreemptionContainerProto
	for _, container := range containers {
		list = append(list, &hadooppb.PreemptionContainerProto{Id: toContainerID(container)})
	}
	message := &hadooppb.PreemptionMessageProto{}
	if strict {
		message.StrictContract = &hadooppb.StrictPreemptionContractProto{Container: list}
	} else {
		message.Contract = &hadooppb.PreemptionContractProto{Container: list}
	}
	c.mustApp(id).preempt = message
}

// Kill ends a container as YARN itself does, with one of its exit statuses.
func (c *Cluster) Kill(id rmclient.ContainerID, exit rmclient.ExitStatus, diagnostics string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.container(id); k != nil {
		k.end(exit, diagnostics)
	}
	c.notify()
}

// LoseNode makes a node unreachable and tells the applications so: its containers are lost.
func (c *Cluster) LoseNode(host string) { c.setNode(host, rmclient.NodeLost) }

// SetNodeState tells the applications that a node has another state. Its containers end unless the
// state is NodeRunning, NodeUnhealthy or NodeDecommissioning.
func (c *Cluster) SetNodeState(host string, state rmclient.NodeState) { c.setNode(host, state) }

func (c *Cluster) setNode(host string, state rmclient.NodeState) {
	c.mu.Lock()
	for _, n := range c.nodes {
		if n.id.Host != host {
			continue
		}
		n.state = state
		for _, a := range c.sortedApps() {
			a.updatedNodes = append(a.updatedNodes, n.report())
		}
		if n.gone() {
			c.endContainers(n)
			defer n.server.Drop()
		}
	}
	c.notify()
	c.mu.Unlock()
}

func (c *Cluster) endContainers(n *node) {
	for _, k := range c.containersOn(n) {
		k.end(rmclient.Aborted, "Container released on a *lost* node")
	}
}

func (c *Cluster) isLost(n *node) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return n.gone()
}

// mustApp finds an application of the test's; asking for another is a mistake in the test.
func (c *Cluster) mustApp(id rmclient.ApplicationID) *app {
	a := c.apps[id.ID]
	if a == nil {
		panic(fmt.Sprintf("rmtest: no application %s", id))
	}
	return a
}
