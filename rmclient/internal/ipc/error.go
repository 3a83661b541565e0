package ipc

import (
	"errors"
	"fmt"
	"strings"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// Errors of connections and of the retry policy.
var (
	ErrClosed      = errors.New("connection is closed")
	ErrUnreachable = errors.New("not reachable")
	ErrNoAnswer    = errors.New("no answer in time")
	// ErrUnauthorized: the two sides did not agree on who speaks, or on how to protect it.
	ErrUnauthorized = errors.New("not authorized")
	errIdle         = fmt.Errorf("%w: it was idle", ErrClosed)
)

// Java classes that the retry policy knows by name.
const (
	StandbyException   = "org.apache.hadoop.ipc.StandbyException"
	RetriableException = "org.apache.hadoop.ipc.RetriableException"
	SaslException      = "javax.security.sasl.SaslException"
	AccessControl      = "org.apache.hadoop.security.AccessControlException"
	NoSuchMethod       = "org.apache.hadoop.ipc.RpcNoSuchMethodException"
)

// A RemoteError is what a daemon answered instead of a result.
type RemoteError struct {
	Method  string // that was called; empty while the connection was being opened
	Class   string // of the Java exception, with its package
	Message string // its first line
	Fatal   bool   // the daemon closed the connection too
	Kind    error  // the sentinel that the class stands for, or nil
}

// Error prints the class without its package, and the message.
func (e *RemoteError) Error() string {
	class := e.Class[strings.LastIndexByte(e.Class, '.')+1:]
	class = class[strings.LastIndexByte(class, '$')+1:]
	if e.Message == "" {
		return class
	}
	return class + ": " + e.Message
}

// Unwrap returns the sentinel, for errors.Is.
func (e *RemoteError) Unwrap() error { return e.Kind }

// remoteError makes an error of an answer's header.
func remoteError(h *hadooppb.RpcResponseHeaderProto, method string, kinds Kinds) *RemoteError {
	e := &RemoteError{
		Method:  method,
		Class:   h.GetExceptionClassName(),
		Message: FirstLine(h.GetErrorMsg()),
		Fatal:   h.GetStatus() == hadooppb.RpcResponseHeaderProto_FATAL,
	}
	if e.Class == "" {
		e.Class = h.GetErrorDetail().String()
	}
	if kinds != nil {
		e.Kind = kinds(e.Class, e.Message)
	}
	return e
}

// FirstLine cuts the Java stack trace off, which the wire carries in the same string as the
// message, and the class, which some daemons repeat before it.
func FirstLine(message string) string {
	line, _, _ := strings.Cut(message, "\n")
	return strings.TrimSpace(line)
}

// Kinds maps a Java exception to the caller's sentinel, or to nil.
type Kinds func(class, message string) error
