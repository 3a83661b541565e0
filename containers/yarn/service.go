package yarn

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/rmclient"
)

// With weft.shuffle.service.enabled every executor's container carries the application's shuffle
// secret to the auxiliary service of its NodeManager:
//
//	serviceData[name]            version 1 │ secret, 32 bytes        what the service gets
//	NM_AUX_SERVICE_<name>        base64 of: version 1 │ port, 2      what the executor finds
//	WEFT_SHUFFLE_SERVICE         name                                where it finds it
//
// The AM's container carries none: nothing is written there for others, and an application must
// not end because its AM came to a node without the service.
const (
	envService     = "WEFT_SHUFFLE_SERVICE"
	envServiceData = "NM_AUX_SERVICE_"
	serviceVersion = 1
)

// serviceName is the auxiliary service that executors need; "" where they need none.
func (l *loop) serviceName() string {
	if !conf.ShuffleServiceEnabled.Get(l.config.Conf) {
		return ""
	}
	return conf.ShuffleServiceName.Get(l.config.Conf)
}

// serve adds to a launch what the shuffle service and its readers need.
func (l *loop) serve(out *rmclient.LaunchContext, id *identity.Identity) error {
	name := l.serviceName()
	if name == "" {
		return nil
	}
	secret, err := id.ShuffleSecret()
	if err != nil {
		return err
	}
	out.Environment[envService] = name
	out.ServiceData = map[string][]byte{name: append([]byte{serviceVersion}, secret...)}
	return nil
}

// service is the shuffle service of this container's node, in the executor's process. A service
// that says nothing does not run at present: the executor serves its output itself.
func service(getenv func(string) string, host string) (s containers.Service, err error) {
	name := getenv(envService)
	if name == "" {
		return s, nil
	}
	id, err := rmclient.ParseContainerID(getenv("CONTAINER_ID"))
	if err != nil {
		return s, err
	}
	s.Application = id.Attempt.Application.String()
	told, err := base64.StdEncoding.DecodeString(getenv(envServiceData + name))
	switch {
	case err == nil && len(told) == 0:
		return s, nil
	case err != nil || len(told) != 3 || told[0] != serviceVersion:
		return s, fmt.Errorf("the auxiliary service %s of %s says %q of itself, which is not what a "+
			"weft shuffle service says; is weft.shuffle.service.name right?", name, host,
			getenv(envServiceData+name))
	}
	if port := binary.BigEndian.Uint16(told[1:]); port > 0 {
		s.Addr = net.JoinHostPort(host, strconv.Itoa(int(port)))
	}
	return s, nil
}

// unserved says that a host lacks the service, and what to do.
func (l *loop) unserved(host string, err error) string {
	return fmt.Sprintf("%s has no auxiliary service %s: install it on every NodeManager, or set "+
		"weft.shuffle.service.enabled=false (weft.shuffle.service.name names the service): %v",
		host, l.serviceName(), err)
}

// lack keeps executors away from a host that lacks the service, for as long as the application
// runs.
func (l *loop) lack(host, why string) {
	if l.lacking[host] != "" {
		return
	}
	l.config.Log.Warn("no executors on this host: it lacks the shuffle service",
		"host", host, "service", l.serviceName())
	l.lacking[host] = why
	l.exclude(host, true)
}

// lacks lists the hosts without the service; what to do about it stands with the first.
func (l *loop) lacks() string {
	hosts := slices.Sorted(maps.Keys(l.lacking))
	if len(hosts) == 0 {
		return ""
	}
	return strings.Join(hosts, ", ") + "; " + l.lacking[hosts[0]]
}
