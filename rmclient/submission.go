package rmclient

import "time"

// SubmissionContext is all the ResourceManager must know to run an application.
type SubmissionContext struct {
	ID       ApplicationID // from NewApplication
	Name     string
	Queue    string   // default "default"
	Type     string   // default YARN; at most 20 characters count
	Tags     []string // lower case, ASCII, at most 100 characters each
	Priority int32

	// AM is how to start the ApplicationMaster; ignored but for Tokens and ACLs when Unmanaged.
	AM LaunchContext
	// Resource is the AM's container.
	Resource Resource
	// AMNodeLabel asks for the AM's container on nodes with this label only.
	AMNodeLabel string
	// NodeLabel is the label of asks that name none.
	NodeLabel string

	// Unmanaged: the ResourceManager starts no AM; a process of the submitter's registers with the
	// token from the report.
	Unmanaged bool
	// KeepContainers lets containers live on when the AM dies, for the next attempt to find.
	KeepContainers bool
	// MaxAttempts of the AM; 0 is the cluster's default, and its maximum caps it.
	MaxAttempts int32
	// FailureWindow: failures of the AM longer ago than this do not count. 0 counts all.
	FailureWindow time.Duration
	// Lifetime ends the application after this long. 0 does not.
	Lifetime time.Duration
	// KeepTokens: do not cancel the application's delegation tokens when it ends.
	KeepTokens bool
	// Logs says which log files are aggregated; nil leaves it to the cluster.
	Logs *LogAggregation
}

// LogAggregation selects log files by regular expressions on their names. Rolled patterns are
// collected while the application runs, the others when it has ended.
type LogAggregation struct {
	Include, Exclude             string
	RolledInclude, RolledExclude string
	Policy, PolicyParameters     string
}

// LaunchContext is how a NodeManager starts a container. The NodeManager joins Command by blanks
// and runs it by bash -c inside double quotes without escaping anything, and writes Environment as
// export NAME="value": quotes, $, ` and \ are interpreted. Pass structured data as base64.
type LaunchContext struct {
	Command        []string
	Environment    map[string]string
	LocalResources map[string]LocalResource // by the link's name in the working directory
	Credentials    Credentials              // written to the container's token file
	ServiceData    map[string][]byte        // by the aux service's name
	ACLs           map[ACL]string           // "user1,user2 group1"
	Retry          *RestartPolicy           // restarts by the NodeManager itself; nil: none
}

// ACL is what an access list of an application guards.
type ACL int32

// Who may look at the application, and who may end it.
const (
	ViewACL   ACL = 1
	ModifyACL ACL = 2
)

// RestartPolicy makes the NodeManager start a container's process again on the same node.
type RestartPolicy struct {
	OnCodes    []int32 // exit codes that restart; empty: every failure
	MaxRetries int32   // -1: without end
	Interval   time.Duration
}

// LocalResource is a file that the NodeManager fetches before it starts the container.
type LocalResource struct {
	URL        string // hdfs://host:8020/path, file:///path
	Size       int64  // must be the file's size
	Timestamp  int64  // must be the file's modification time in milliseconds, exactly
	Kind       LocalResourceKind
	Visibility Visibility
	Pattern    string // for Pattern resources
}

// LocalResourceKind is what the NodeManager does with a fetched file.
type LocalResourceKind int32

// File is the zero value's meaning too.
const (
	Archive LocalResourceKind = 1 // unpacked by its name: zip, tar, tgz, jar
	File    LocalResourceKind = 2
	Pattern LocalResourceKind = 3 // unpacked, but only what matches
)

// Visibility is whom a fetched file is shared with on a node.
type Visibility int32

// Application is the zero value's meaning too.
const (
	Public      Visibility = 1 // all users; the file must be readable by everyone
	Private     Visibility = 2 // all applications of the user
	Application Visibility = 3 // this application
)
