package rmclient

import "fmt"

// TokenKind says what a token opens.
type TokenKind string

// Kinds of the tokens a YARN application meets.
const (
	AMRMTokenKind           TokenKind = "YARN_AM_RM_TOKEN"
	NMTokenKind             TokenKind = "NMToken"
	ContainerTokenKind      TokenKind = "ContainerToken"
	RMDelegationTokenKind   TokenKind = "RM_DELEGATION_TOKEN"
	HDFSDelegationTokenKind TokenKind = "HDFS_DELEGATION_TOKEN"
)

// Token is a bearer's right to a service: whoever holds the password may act as the identifier
// says. It prints without the password.
type Token struct {
	Identifier []byte
	Password   []byte
	Kind       TokenKind
	Service    string // ip:port or ha-hdfs:name; the RM leaves it empty in an AMRMToken
}

// String prints the kind and the service, never the password.
func (t Token) String() string { return fmt.Sprintf("%s for %q", t.Kind, t.Service) }

// GoString keeps the password out of %#v too.
func (t Token) GoString() string { return "rmclient.Token{" + t.String() + "}" }

// IsZero reports whether there is no token.
func (t Token) IsZero() bool { return len(t.Identifier) == 0 && t.Kind == "" }
