package rmclient

import (
	"errors"
	"fmt"
	"strings"

	"github.com/weft-data/weft/rmclient/internal/ipc"
)

// What callers decide on. Errors of this package match them by errors.Is.
var (
	// ErrUnreachable: no daemon answered for Config.RetryFor. The text names the addresses.
	ErrUnreachable = ipc.ErrUnreachable
	// ErrClosed: the client was closed.
	ErrClosed = ipc.ErrClosed
	// ErrUnauthorized: the daemon does not let this user or token do that, or the two sides accept
	// no common protection.
	ErrUnauthorized = ipc.ErrUnauthorized
	// ErrNotFound: the daemon does not know the application, attempt, container or node.
	ErrNotFound = errors.New("not found")
	// ErrInvalidRequest: the daemon understood and refused, for example more memory than any
	// container may have. Asking again cannot help.
	ErrInvalidRequest = errors.New("invalid request")
	// ErrQueue: the queue is unknown, stopped, not a leaf, or closed to this user.
	ErrQueue = errors.New("queue does not accept the application")
	// ErrFenced: the ResourceManager has given up this attempt; another one may be running. Exit
	// and clean nothing up.
	ErrFenced = errors.New("attempt is no longer the current one")
	// ErrShutdown: the ResourceManager tells the ApplicationMaster to stop.
	ErrShutdown = errors.New("told to shut down")
	// ErrNoToken: no NMToken of the node is known; one comes with the first container on it.
	ErrNoToken = errors.New("no token of the node")
	// ErrNoService: the NodeManager lacks the auxiliary service for which a container carries data.
	ErrNoService = errors.New("no such auxiliary service on the node")
	// ErrNoPlacement: the cluster takes no placement constraints.
	ErrNoPlacement = errors.New("the cluster takes no placement constraints; its administrator sets " +
		"yarn.resourcemanager.placement-constraints.handler to scheduler (CapacityScheduler) or " +
		"placement-processor")
	// ErrRejected: the ResourceManager took the submission and then failed the application before
	// it had a place in a queue. The text holds its diagnostics.
	ErrRejected = errors.New("application rejected")

	// errNotRegistered: the ResourceManager was restarted and does not remember the AM.
	errNotRegistered = errors.New("application master is not registered")
)

// RemoteError is what a daemon answered instead of a result: the Java class with its package, and
// the first line of the message. errors.As finds it in this package's errors.
type RemoteError = ipc.RemoteError

// Java classes, and the sentinels they stand for.
var kindOfClass = map[string]error{
	"org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException":             ErrNotFound,
	"org.apache.hadoop.yarn.exceptions.ContainerNotFoundException":               ErrNotFound,
	"org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException":      ErrFenced,
	"org.apache.hadoop.yarn.exceptions.ApplicationMasterNotRegisteredException":  errNotRegistered,
	"org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException":          ErrInvalidRequest,
	"org.apache.hadoop.yarn.exceptions.InvalidLabelResourceRequestException":     ErrInvalidRequest,
	"org.apache.hadoop.yarn.exceptions.InvalidContainerReleaseException":         ErrInvalidRequest,
	"org.apache.hadoop.yarn.exceptions.InvalidResourceBlacklistRequestException": ErrInvalidRequest,
	"org.apache.hadoop.yarn.exceptions.InvalidApplicationMasterRequestException": ErrInvalidRequest,
	"org.apache.hadoop.yarn.exceptions.InvalidAuxServiceException":               ErrNoService,
	"org.apache.hadoop.yarn.exceptions.ResourceNotFoundException":                ErrInvalidRequest,
	"org.apache.hadoop.security.AccessControlException":                          ErrUnauthorized,
	"org.apache.hadoop.security.authorize.AuthorizationException":                ErrUnauthorized,
	"org.apache.hadoop.security.token.SecretManager$InvalidToken":                ErrUnauthorized,
	"javax.security.sasl.SaslException":                                          ErrUnauthorized,
}

// kindOf maps a Java exception to a sentinel. Some classes say several things, which only their
// message tells apart.
func kindOf(class, message string) error {
	switch {
	case strings.Contains(message, "doesn't exist in cache"):
		return ErrFenced
	case strings.Contains(message, "cannot handle placement constraints"):
		return ErrNoPlacement
	case aboutQueue(message):
		return ErrQueue
	}
	return kindOfClass[class]
}

// aboutQueue recognizes what the schedulers say of queues they refuse.
func aboutQueue(message string) bool {
	m := strings.ToLower(message)
	if !strings.Contains(m, "queue") {
		return false
	}
	for _, words := range []string{"unknown queue", "is stopped", "state is stopped", "is draining",
		"non-leaf", "not a leaf", "cannot submit", "does not have permission", "to queue",
		"doesn't exist", "does not exist"} {
		if strings.Contains(m, words) {
			return true
		}
	}
	return false
}

// wrap puts what was tried in front of an error.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
