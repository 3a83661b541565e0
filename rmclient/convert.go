package rmclient

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// This file and convert_report.go turn this package's structs into Hadoop's messages and back.
// Maps go out in the order of their keys, so that equal requests are equal bytes.

func toAppID(id ApplicationID) *hadooppb.ApplicationIdProto {
	return &hadooppb.ApplicationIdProto{Id: &id.ID, ClusterTimestamp: &id.ClusterTimestamp}
}

func fromAppID(id *hadooppb.ApplicationIdProto) ApplicationID {
	return ApplicationID{ClusterTimestamp: id.GetClusterTimestamp(), ID: id.GetId()}
}

func toAttemptID(id AttemptID) *hadooppb.ApplicationAttemptIdProto {
	return &hadooppb.ApplicationAttemptIdProto{
		ApplicationId: toAppID(id.Application), AttemptId: &id.Attempt}
}

func fromAttemptID(id *hadooppb.ApplicationAttemptIdProto) AttemptID {
	return AttemptID{Application: fromAppID(id.GetApplicationId()), Attempt: id.GetAttemptId()}
}

func toContainerID(id ContainerID) *hadooppb.ContainerIdProto {
	return &hadooppb.ContainerIdProto{AppAttemptId: toAttemptID(id.Attempt), Id: &id.ID}
}

func fromContainerID(id *hadooppb.ContainerIdProto) ContainerID {
	return ContainerID{Attempt: fromAttemptID(id.GetAppAttemptId()), ID: id.GetId()}
}

func toContainerIDs(ids []ContainerID) []*hadooppb.ContainerIdProto {
	return each(ids, toContainerID)
}

func fromContainerIDs(ids []*hadooppb.ContainerIdProto) []ContainerID {
	return each(ids, fromContainerID)
}

func fromNodeID(id *hadooppb.NodeIdProto) NodeID {
	return NodeID{Host: id.GetHost(), Port: id.GetPort()}
}

func toResource(r Resource) *hadooppb.ResourceProto {
	p := &hadooppb.ResourceProto{Memory: &r.MemoryMB, VirtualCores: &r.VCores}
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		p.ResourceValueMap = append(p.ResourceValueMap, &hadooppb.ResourceInformationProto{
			Key: &name, Value: proto.Int64(r.Extra[name]), Units: proto.String(""),
			Type: hadooppb.ResourceTypesProto_COUNTABLE.Enum(),
		})
	}
	return p
}

func fromResource(p *hadooppb.ResourceProto) Resource {
	r := Resource{MemoryMB: p.GetMemory(), VCores: p.GetVirtualCores()}
	for _, info := range p.GetResourceValueMap() {
		if key := info.GetKey(); key != MemoryResource && key != VCoresResource {
			if r.Extra == nil {
				r.Extra = map[string]int64{}
			}
			r.Extra[key] = info.GetValue()
		}
	}
	return r
}

func toToken(t Token) *hadooppb.TokenProto {
	return &hadooppb.TokenProto{Identifier: nonNil(t.Identifier), Password: nonNil(t.Password),
		Kind: proto.String(string(t.Kind)), Service: &t.Service}
}

func fromToken(p *hadooppb.TokenProto) Token {
	return Token{Identifier: p.GetIdentifier(), Password: p.GetPassword(),
		Kind: TokenKind(p.GetKind()), Service: p.GetService()}
}

// nonNil keeps a required field present.
func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func toPriority(n int32) *hadooppb.PriorityProto { return &hadooppb.PriorityProto{Priority: &n} }

// toExecution never leaves the field out: with opportunistic containers switched on, a
// ResourceManager fails on asks without it.
func toExecution(e ExecutionType) *hadooppb.ExecutionTypeProto {
	if e == Opportunistic {
		return hadooppb.ExecutionTypeProto_OPPORTUNISTIC.Enum()
	}
	return hadooppb.ExecutionTypeProto_GUARANTEED.Enum()
}

const lifetime = hadooppb.ApplicationTimeoutTypeProto_APP_TIMEOUT_LIFETIME

func toSubmission(s SubmissionContext) (*hadooppb.ApplicationSubmissionContextProto, error) {
	am, err := toLaunch(s.AM)
	if err != nil {
		return nil, err
	}
	p := &hadooppb.ApplicationSubmissionContextProto{
		ApplicationId: toAppID(s.ID), ApplicationName: &s.Name, Priority: toPriority(s.Priority),
		AmContainerSpec: am, Resource: toResource(s.Resource),
		CancelTokensWhenComplete:                proto.Bool(!s.KeepTokens),
		UnmanagedAm:                             &s.Unmanaged,
		KeepContainersAcrossApplicationAttempts: &s.KeepContainers,
		MaxAppAttempts:                          &s.MaxAttempts,
		ApplicationTags:                         s.Tags,
		Queue:                                   text(s.Queue),
		ApplicationType:                         text(s.Type),
		NodeLabelExpression:                     text(s.NodeLabel),
		LogAggregationContext:                   toLogs(s.Logs),
	}
	if s.FailureWindow > 0 {
		p.AttemptFailuresValidityInterval = proto.Int64(s.FailureWindow.Milliseconds())
	}
	if s.Lifetime > 0 {
		p.ApplicationTimeouts = []*hadooppb.ApplicationTimeoutMapProto{{
			ApplicationTimeoutType: lifetime.Enum(),
			Timeout:                proto.Int64(int64(s.Lifetime / time.Second)),
		}}
	}
	if s.AMNodeLabel != "" {
		p.AmContainerResourceRequest = []*hadooppb.ResourceRequestProto{toAsk(Ask{
			Priority: 0, Place: Anywhere, Size: s.Resource, Count: 1, NodeLabel: s.AMNodeLabel})}
	}
	return p, nil
}

// text leaves an empty string out, so that the daemon's default counts.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func toLogs(l *LogAggregation) *hadooppb.LogAggregationContextProto {
	if l == nil {
		return nil
	}
	return &hadooppb.LogAggregationContextProto{
		IncludePattern: text(l.Include), ExcludePattern: text(l.Exclude),
		RolledLogsIncludePattern: text(
			l.RolledInclude,
		), RolledLogsExcludePattern: text(l.RolledExclude),
		LogAggregationPolicyClassName:  text(l.Policy),
		LogAggregationPolicyParameters: text(l.PolicyParameters),
	}
}

func toLaunch(l LaunchContext) (*hadooppb.ContainerLaunchContextProto, error) {
	p := &hadooppb.ContainerLaunchContextProto{
		Command:               l.Command,
		ContainerRetryContext: toRetry(l.Retry),
	}
	for _, name := range slices.Sorted(maps.Keys(l.LocalResources)) {
		resource, err := toLocalResource(l.LocalResources[name])
		if err != nil {
			return nil, fmt.Errorf("local resource %s: %w", name, err)
		}
		p.LocalResources = append(p.LocalResources,
			&hadooppb.StringLocalResourceMapProto{Key: &name, Value: resource})
	}
	for _, name := range slices.Sorted(maps.Keys(l.Environment)) {
		p.Environment = append(p.Environment,
			&hadooppb.StringStringMapProto{Key: &name, Value: proto.String(l.Environment[name])})
	}
	for _, name := range slices.Sorted(maps.Keys(l.ServiceData)) {
		p.ServiceData = append(p.ServiceData,
			&hadooppb.StringBytesMapProto{Key: &name, Value: nonNil(l.ServiceData[name])})
	}
	for _, access := range slices.Sorted(maps.Keys(l.ACLs)) {
		p.Application_ACLs = append(p.Application_ACLs, &hadooppb.ApplicationACLMapProto{
			AccessType: hadooppb.ApplicationAccessTypeProto(access).
				Enum(),
			Acl: proto.String(l.ACLs[access])})
	}
	if len(l.Credentials.Tokens)+len(l.Credentials.Secrets) > 0 {
		p.Tokens = l.Credentials.Encode()
	}
	return p, nil
}

func toRetry(r *RestartPolicy) *hadooppb.ContainerRetryContextProto {
	if r == nil {
		return nil
	}
	policy := hadooppb.ContainerRetryPolicyProto_RETRY_ON_ALL_ERRORS
	if len(r.OnCodes) > 0 {
		policy = hadooppb.ContainerRetryPolicyProto_RETRY_ON_SPECIFIC_ERROR_CODES
	}
	return &hadooppb.ContainerRetryContextProto{RetryPolicy: policy.Enum(), ErrorCodes: r.OnCodes,
		MaxRetries: &r.MaxRetries, RetryInterval: proto.Int32(int32(r.Interval.Milliseconds()))}
}

func toLocalResource(r LocalResource) (*hadooppb.LocalResourceProto, error) {
	location, err := toURL(r.URL)
	if err != nil {
		return nil, err
	}
	kind, visibility := r.Kind, r.Visibility
	if kind == 0 {
		kind = File
	}
	if visibility == 0 {
		visibility = Application
	}
	return &hadooppb.LocalResourceProto{
		Resource: location, Size: &r.Size, Timestamp: &r.Timestamp, Pattern: text(r.Pattern),
		Type:       hadooppb.LocalResourceTypeProto(kind).Enum(),
		Visibility: hadooppb.LocalResourceVisibilityProto(visibility).Enum(),
	}, nil
}

// toURL splits a URL as Java does. The path goes out unescaped; a host without a port, as in the
// name of an HDFS nameservice, gets none.
func toURL(s string) (*hadooppb.URLProto, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "" || u.Path == "" {
		return nil, fmt.Errorf("%q: want scheme://host/path", s)
	}
	p := &hadooppb.URLProto{
		Scheme: &u.Scheme,
		Host:   text(u.Hostname()),
		Port:   proto.Int32(-1),
		File:   &u.Path,
	}
	if port := u.Port(); port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", s, err)
		}
		p.Port = proto.Int32(int32(n))
	}
	return p, nil
}

func toAsk(a Ask) *hadooppb.ResourceRequestProto {
	return &hadooppb.ResourceRequestProto{
		Priority: toPriority(a.Priority), ResourceName: &a.Place, Capability: toResource(a.Size),
		NumContainers: &a.Count, RelaxLocality: proto.Bool(!a.NoRelax),
		NodeLabelExpression: text(a.NodeLabel), AllocationRequestId: &a.RequestID,
		ExecutionTypeRequest: &hadooppb.ExecutionTypeRequestProto{
			ExecutionType:        toExecution(a.Execution),
			EnforceExecutionType: &a.EnforceExecution,
		},
	}
}

func toUpdate(u ContainerUpdate) *hadooppb.UpdateContainerRequestProto {
	p := &hadooppb.UpdateContainerRequestProto{
		ContainerVersion: &u.Version, ContainerId: toContainerID(u.ID),
		UpdateType: hadooppb.ContainerUpdateTypeProto(u.Kind).Enum(),
	}
	if u.Kind == Increase || u.Kind == Decrease {
		p.Capability = toResource(u.Size)
	} else {
		p.ExecutionType = toExecution(u.Execution)
	}
	return p
}

// each applies f to every element.
func each[A, B any](in []A, f func(A) B) []B {
	if len(in) == 0 {
		return nil
	}
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}
