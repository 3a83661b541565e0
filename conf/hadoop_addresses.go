package conf

import (
	"errors"
	"fmt"
	"net"
	"strings"
)

// Hadoop's standard ports.
const (
	namenodePort  = "8020"
	rmPort        = "8032"
	schedulerPort = "8030"
	webPort       = "8088"
	webTLSPort    = "8090"
)

// A ResourceManager is where one ResourceManager of the cluster listens. Addresses are host:port.
type ResourceManager struct {
	ID        string // rm1 of yarn.resourcemanager.ha.rm-ids; empty without HA
	Client    string // ApplicationClientProtocol
	Scheduler string // ApplicationMasterProtocol
	Web       string // REST and pages
	TLS       bool   // Web speaks https
}

// ErrNoResourceManager means that HA is on and names nobody.
var ErrNoResourceManager = errors.New(
	"yarn.resourcemanager.ha.enabled is true and yarn.resourcemanager.ha.rm-ids is empty")

// ResourceManagers lists the cluster's ResourceManagers in the order of rm-ids, or the only one.
func (h *Hadoop) ResourceManagers() ([]ResourceManager, error) {
	if !h.Bool("yarn.resourcemanager.ha.enabled", false) {
		return []ResourceManager{h.resourceManager("")}, nil
	}
	var out []ResourceManager
	for _, id := range h.List("yarn.resourcemanager.ha.rm-ids") {
		out = append(out, h.resourceManager(id))
	}
	if len(out) == 0 {
		return nil, ErrNoResourceManager
	}
	return out, nil
}

func (h *Hadoop) resourceManager(id string) ResourceManager {
	rm := ResourceManager{
		ID:        id,
		Client:    h.rmAddress("address", id, rmPort),
		Scheduler: h.rmAddress("scheduler.address", id, schedulerPort),
		Web:       h.rmAddress("webapp.address", id, webPort),
		TLS:       h.Get("yarn.http.policy") == "HTTPS_ONLY",
	}
	if rm.TLS {
		rm.Web = h.rmAddress("webapp.https.address", id, webTLSPort)
	}
	return rm
}

// rmAddress is what the key says for this id, or the host of the id with the standard port.
func (h *Hadoop) rmAddress(what, id, port string) string {
	const prefix = "yarn.resourcemanager."
	if id == "" {
		return withPort(h.Get(prefix+what), port)
	}
	if a := h.Get(prefix + what + "." + id); a != "" {
		return withPort(a, port)
	}
	return withPort(h.Get(prefix+"hostname."+id), port)
}

// withPort adds the port to an address that has none.
func withPort(address, port string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(strings.Trim(address, "[]"), port)
}

// DefaultFS is fs.defaultFS without a slash at its end: file:// or hdfs://host:port.
func (h *Hadoop) DefaultFS() string { return strings.TrimRight(h.Get("fs.defaultFS"), "/") }

// Namenodes lists host:port of the NameNodes of an hdfs URL's authority: a nameservice of
// dfs.nameservices (all its NameNodes, in the order of dfs.ha.namenodes), host:port or host.
func (h *Hadoop) Namenodes(authority string) ([]string, error) {
	if authority == "" {
		return nil, errors.New("hdfs URL names no NameNode: write hdfs://host:port/path, " +
			"or set fs.defaultFS")
	}
	const rpc = "dfs.namenode.rpc-address."
	var out []string
	for _, id := range h.List("dfs.ha.namenodes." + authority) {
		address := h.Get(rpc + authority + "." + id)
		if address == "" {
			return nil, fmt.Errorf("%s: dfs.ha.namenodes.%s lists %s, and %s%s.%s is not set",
				h.Explain("dfs.ha.namenodes."+authority).Source, authority, id, rpc, authority, id)
		}
		out = append(out, withPort(address, namenodePort))
	}
	if len(out) > 0 {
		return out, nil
	}
	if address := h.Get(rpc + authority); address != "" {
		return []string{withPort(address, namenodePort)}, nil
	}
	return []string{withPort(authority, namenodePort)}, nil
}

// RPCProtection is the quality of protection weft offers for RPC: authentication, integrity or
// privacy. Of a list the first counts, as in Hadoop's clients.
func (h *Hadoop) RPCProtection() string {
	if all := h.List("hadoop.rpc.protection"); len(all) > 0 {
		return strings.ToLower(all[0])
	}
	return "authentication"
}

// DataTransferProtection is the protection of connections to DataNodes: empty (none),
// authentication, integrity or privacy. Of a list the strongest counts; encryption means privacy.
func (h *Hadoop) DataTransferProtection() string {
	if h.Bool("dfs.encrypt.data.transfer", false) {
		return "privacy"
	}
	best := ""
	for _, p := range h.List("dfs.data.transfer.protection") {
		switch p = strings.ToLower(p); p {
		case "authentication", "integrity", "privacy":
			best = max(best, p) // the alphabet has them in the right order
		}
	}
	return best
}

// UseDatanodeHostname is dfs.client.use.datanode.hostname.
func (h *Hadoop) UseDatanodeHostname() bool {
	return h.Bool("dfs.client.use.datanode.hostname", false)
}

// Replication is dfs.replication.
func (h *Hadoop) Replication() (int, error) {
	n, err := h.Int("dfs.replication", 3)
	if err == nil && (n < 1 || n > 32767) {
		err = h.bad("dfs.replication", fmt.Errorf("%d is not a number of copies", n))
	}
	return int(n), err
}

// BlockSize is dfs.blocksize.
func (h *Hadoop) BlockSize() (Size, error) { return h.Size("dfs.blocksize", 128*MiB) }
