package rmtest

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// rmclient turns structs into messages for the client's side only; these are the other half.

func toAppID(id rmclient.ApplicationID) *hadooppb.ApplicationIdProto {
	return &hadooppb.ApplicationIdProto{Id: &id.ID, ClusterTimestamp: &id.ClusterTimestamp}
}

func toAttemptID(id rmclient.AttemptID) *hadooppb.ApplicationAttemptIdProto {
	return &hadooppb.ApplicationAttemptIdProto{
		ApplicationId: toAppID(id.Application), AttemptId: &id.Attempt}
}

func toContainerID(id rmclient.ContainerID) *hadooppb.ContainerIdProto {
	return &hadooppb.ContainerIdProto{AppAttemptId: toAttemptID(id.Attempt), Id: &id.ID}
}

func fromContainerID(p *hadooppb.ContainerIdProto) rmclient.ContainerID {
	attempt := p.GetAppAttemptId()
	return rmclient.ContainerID{ID: p.GetId(), Attempt: rmclient.AttemptID{
		Attempt: attempt.GetAttemptId(),
		Application: rmclient.ApplicationID{ID: attempt.GetApplicationId().GetId(),
			ClusterTimestamp: attempt.GetApplicationId().GetClusterTimestamp()},
	}}
}

func toNodeID(id rmclient.NodeID) *hadooppb.NodeIdProto {
	return &hadooppb.NodeIdProto{Host: &id.Host, Port: &id.Port}
}

func toResource(r rmclient.Resource) *hadooppb.ResourceProto {
	p := &hadooppb.ResourceProto{Memory: &r.MemoryMB, VirtualCores: &r.VCores}
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		p.ResourceValueMap = append(p.ResourceValueMap, &hadooppb.ResourceInformationProto{
			Key: &name, Value: proto.Int64(r.Extra[name])})
	}
	return p
}

func fromResource(p *hadooppb.ResourceProto) rmclient.Resource {
	r := rmclient.Resource{MemoryMB: p.GetMemory(), VCores: p.GetVirtualCores()}
	for _, i := range p.GetResourceValueMap() {
		if i.GetKey() != rmclient.MemoryResource && i.GetKey() != rmclient.VCoresResource {
			if r.Extra == nil {
				r.Extra = map[string]int64{}
			}
			r.Extra[i.GetKey()] = i.GetValue()
		}
	}
	return r
}

// fits reports whether an amount is within another, and add returns a + sign*b.
func fits(a, within rmclient.Resource) bool {
	for name, n := range a.Extra {
		if n > within.Extra[name] {
			return false
		}
	}
	return a.MemoryMB <= within.MemoryMB && a.VCores <= within.VCores
}

func add(a, b rmclient.Resource, sign int64) rmclient.Resource {
	out := rmclient.Resource{
		MemoryMB: a.MemoryMB + sign*b.MemoryMB,
		VCores:   a.VCores + int32(sign)*b.VCores,
		Extra:    maps.Clone(a.Extra),
	}
	for name, n := range b.Extra {
		if out.Extra == nil {
			out.Extra = map[string]int64{}
		}
		out.Extra[name] += sign * n
	}
	return out
}

func toLaunch(p *hadooppb.ContainerLaunchContextProto) (Launch, error) {
	l := Launch{
		Command:     p.GetCommand(),
		Environment: map[string]string{},
		ServiceData: map[string][]byte{},
	}
	for _, e := range p.GetEnvironment() {
		l.Environment[e.GetKey()] = e.GetValue()
	}
	for _, s := range p.GetServiceData() {
		l.ServiceData[s.GetKey()] = s.GetValue()
	}
	for _, r := range p.GetLocalResources() {
		l.Resources = append(l.Resources, r.GetKey())
	}
	if len(p.GetTokens()) == 0 {
		return l, nil
	}
	var err error
	l.Credentials, err = rmclient.ParseCredentials(p.GetTokens())
	return l, err
}
