package rmclient

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
)

// The JSON of the ResourceManager's REST API, as far as it is used.

type restResource struct {
	Memory int64 `json:"memory"`
	VCores int32 `json:"vCores"`
	Extra  struct {
		Information []restResourceInformation `json:"resourceInformation"`
	} `json:"resourceInformations,omitzero"`
}

type restResourceInformation struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

func (r restResource) resource() Resource {
	out := Resource{MemoryMB: r.Memory, VCores: r.VCores}
	for _, i := range r.Extra.Information {
		if i.Name != MemoryResource && i.Name != VCoresResource {
			if out.Extra == nil {
				out.Extra = map[string]int64{}
			}
			out.Extra[i.Name] = i.Value
		}
	}
	return out
}

func toRESTResource(r Resource) restResource {
	return restResource{Memory: r.MemoryMB, VCores: r.VCores}
}

// entries is how the API writes a map.
type entries[V any] struct {
	Entry []entry[V] `json:"entry"`
}

type entry[V any] struct {
	Key   string `json:"key"`
	Value V      `json:"value"`
}

// toEntries orders a map by its keys.
func toEntries[K ~string, V, W any](m map[K]V, f func(V) W) *entries[W] {
	if len(m) == 0 {
		return nil
	}
	out := &entries[W]{}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out.Entry = append(out.Entry, entry[W]{string(key), f(m[key])})
	}
	return out
}

type restSubmission struct {
	ID             string       `json:"application-id"`
	Name           string       `json:"application-name"`
	Queue          string       `json:"queue,omitempty"`
	Type           string       `json:"application-type,omitempty"`
	Priority       int32        `json:"priority,omitempty"`
	AM             restLaunch   `json:"am-container-spec"`
	Unmanaged      bool         `json:"unmanaged-AM"`
	MaxAttempts    int32        `json:"max-app-attempts,omitempty"`
	Resource       restResource `json:"resource"`
	KeepContainers bool         `json:"keep-containers-across-application-attempts"`
	CancelTokens   bool         `json:"cancel-tokens-when-complete"`
	FailureWindow  int64        `json:"attempt-failures-validity-interval,omitempty"`
	Tags           *restTags    `json:"application-tags,omitempty"`
	NodeLabel      string       `json:"app-node-label-expression,omitempty"`
	AMNodeLabel    string       `json:"am-container-node-label-expression,omitempty"`
	Logs           *restLogs    `json:"log-aggregation-context,omitempty"`
}

type restTags struct {
	Tag []string `json:"tag"`
}

type restLogs struct {
	Include          string `json:"log-include-pattern,omitempty"`
	Exclude          string `json:"log-exclude-pattern,omitempty"`
	RolledInclude    string `json:"rolled-log-include-pattern,omitempty"`
	RolledExclude    string `json:"rolled-log-exclude-pattern,omitempty"`
	Policy           string `json:"log-aggregation-policy-class-name,omitempty"`
	PolicyParameters string `json:"log-aggregation-policy-parameters,omitempty"`
}

type restLaunch struct {
	LocalResources *entries[restLocal] `json:"local-resources,omitempty"`
	Environment    *entries[string]    `json:"environment,omitempty"`
	Commands       *restCommands       `json:"commands,omitempty"`
	ServiceData    *entries[string]    `json:"service-data,omitempty"`
	Credentials    *restCredentials    `json:"credentials,omitempty"`
	ACLs           *entries[string]    `json:"application-acls,omitempty"`
}

type restCommands struct {
	Command string `json:"command"`
}

type restCredentials struct {
	Tokens  *entries[string] `json:"tokens,omitempty"`
	Secrets *entries[string] `json:"secrets,omitempty"`
}

type restLocal struct {
	Resource   string `json:"resource"`
	Type       string `json:"type"`
	Visibility string `json:"visibility"`
	Size       int64  `json:"size"`
	Timestamp  int64  `json:"timestamp"`
}

func toREST(s SubmissionContext) restSubmission {
	out := restSubmission{
		ID: s.ID.String(), Name: s.Name, Queue: s.Queue, Type: s.Type, Priority: s.Priority,
		AM: toRESTLaunch(s.AM), Unmanaged: s.Unmanaged, MaxAttempts: s.MaxAttempts,
		Resource: toRESTResource(s.Resource), KeepContainers: s.KeepContainers,
		CancelTokens: !s.KeepTokens, FailureWindow: s.FailureWindow.Milliseconds(),
		NodeLabel: s.NodeLabel, AMNodeLabel: s.AMNodeLabel,
	}
	if len(s.Tags) > 0 {
		out.Tags = &restTags{s.Tags}
	}
	if l := s.Logs; l != nil {
		out.Logs = &restLogs{l.Include, l.Exclude, l.RolledInclude, l.RolledExclude, l.Policy,
			l.PolicyParameters}
	}
	return out
}

func toRESTLaunch(l LaunchContext) restLaunch {
	same := func(s string) string { return s }
	binary := func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
	out := restLaunch{
		LocalResources: toEntries(l.LocalResources, toRESTLocal),
		Environment:    toEntries(l.Environment, same),
		ServiceData:    toEntries(l.ServiceData, binary),
	}
	if len(l.Command) > 0 {
		out.Commands = &restCommands{strings.Join(l.Command, " ")}
	}
	if len(l.Credentials.Tokens)+len(l.Credentials.Secrets) > 0 {
		out.Credentials = &restCredentials{
			Tokens: toEntries(
				l.Credentials.Tokens,
				func(t Token) string { return binary(appendToken(nil, t)) },
			),
			Secrets: toEntries(l.Credentials.Secrets, binary),
		}
	}
	acls := map[string]string{}
	for access, list := range l.ACLs {
		acls[map[ACL]string{ViewACL: "VIEW_APP", ModifyACL: "MODIFY_APP"}[access]] = list
	}
	out.ACLs = toEntries(acls, same)
	return out
}

func toRESTLocal(r LocalResource) restLocal {
	kinds := []string{"FILE", "ARCHIVE", "FILE", "PATTERN"}
	visibilities := []string{"APPLICATION", "PUBLIC", "PRIVATE", "APPLICATION"}
	return restLocal{r.URL, kinds[r.Kind], visibilities[r.Visibility], r.Size, r.Timestamp}
}

type restApp struct {
	ID, User, Name, Queue, State, FinalStatus, TrackingURL, Diagnostics string
	ApplicationType, ApplicationTags, AMRPCAddress                      string
	Progress                                                            float32 // 0 to 100
	StartedTime, LaunchTime, FinishedTime                               int64
	AllocatedMB                                                         int64
	AllocatedVCores, RunningContainers, Priority                        int32
	UnmanagedApplication                                                bool
}

func (a restApp) report() (ApplicationReport, error) {
	id, err := ParseApplicationID(a.ID)
	if err != nil {
		return ApplicationReport{}, err
	}
	r := ApplicationReport{
		ID: id, User: a.User, Name: a.Name, Queue: a.Queue, Type: a.ApplicationType,
		State: State(
			number(stateNames, a.State),
		), Final: FinalStatus(number(finalNames, a.FinalStatus)),
		TrackingURL: unlessNA(a.TrackingURL), Diagnostics: unlessNA(a.Diagnostics),
		Progress:  a.Progress / 100,
		Submitted: millis(a.StartedTime), Started: millis(a.StartedTime),
		Launched: millis(a.LaunchTime), Ended: millis(a.FinishedTime),
		Used: Resource{MemoryMB: max(a.AllocatedMB, 0), VCores: max(a.AllocatedVCores, 0)},
		Containers: max(
			a.RunningContainers,
			0,
		), Priority: a.Priority, Unmanaged: a.UnmanagedApplication,
	}
	if a.ApplicationTags != "" {
		r.Tags = strings.Split(a.ApplicationTags, ",")
	}
	if node, err := ParseNodeID(a.AMRPCAddress); err == nil {
		r.Host, r.RPCPort = node.Host, node.Port
	}
	return r, nil
}

type restNode struct {
	ID, Rack, State, NodeHTTPAddress, HealthReport string
	NodeLabels                                     []string
	NumContainers, UsedVirtualCores                int32
	AvailableVirtualCores                          int32
	UsedMemoryMB, AvailMemoryMB                    int64
}

func (n restNode) report() NodeReport {
	id, _ := ParseNodeID(n.ID)
	return NodeReport{
		ID: id, HTTPAddress: n.NodeHTTPAddress, Rack: n.Rack,
		State: NodeState(number(nodeStateNames, n.State)),
		Used:  Resource{MemoryMB: n.UsedMemoryMB, VCores: n.UsedVirtualCores},
		Capability: Resource{MemoryMB: n.UsedMemoryMB + n.AvailMemoryMB,
			VCores: n.UsedVirtualCores + n.AvailableVirtualCores},
		Containers: n.NumContainers, Labels: n.NodeLabels, Health: n.HealthReport,
	}
}

// number is the inverse of name; 0 for what is not known.
func number(names []string, s string) int32 { return int32(max(slices.Index(names, s), 0)) }
