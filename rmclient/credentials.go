package rmclient

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// Alias is the name under which Credentials keep a token or a secret.
type Alias string

// Credentials are the tokens and secrets a process was started with. The NodeManager writes them
// to a file of every container and names it in the variable HADOOP_TOKEN_FILE_LOCATION.
type Credentials struct {
	Tokens  map[Alias]Token
	Secrets map[Alias][]byte
}

// ErrCredentials is returned for bytes that are no credentials.
var ErrCredentials = errors.New("malformed Hadoop credentials")

const (
	credentialsMagic = "HDTS"
	// maxCredentials bounds a credentials file: thousands of tokens.
	maxCredentials = 16 << 20
)

// Token returns the first token of a kind, in the order of aliases. A ResourceManager writes the
// AMRMToken with an empty alias and an empty service, so the kind is what to look for.
func (c Credentials) Token(kind TokenKind) (Token, bool) {
	for _, alias := range sortedAliases(c.Tokens) {
		if t := c.Tokens[alias]; t.Kind == kind {
			return t, true
		}
	}
	return Token{}, false
}

// Without returns a copy that lacks the tokens of one kind: executors must not get the AMRMToken.
func (c Credentials) Without(kind TokenKind) Credentials {
	out := Credentials{Tokens: map[Alias]Token{}, Secrets: maps.Clone(c.Secrets)}
	for alias, t := range c.Tokens {
		if t.Kind != kind {
			out.Tokens[alias] = t
		}
	}
	return out
}

// ReadCredentialsFile reads a credentials file.
func ReadCredentialsFile(path string) (Credentials, error) {
	f, err := os.Open(path)
	if err != nil {
		return Credentials{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxCredentials+1))
	if err != nil {
		return Credentials{}, err
	}
	c, err := ParseCredentials(data)
	return c, wrap(err, "%s", path)
}

// ParseCredentials reads both versions of the format.
//
//	"HDTS" │ 0 │ vint n │ n × (Text alias, Token) │ vint n │ n × (Text alias, vint length, bytes)
//	"HDTS" │ 1 │ varint length │ CredentialsProto
func ParseCredentials(data []byte) (Credentials, error) {
	if len(data) > maxCredentials {
		return Credentials{}, fmt.Errorf("%w: %d bytes", ErrCredentials, len(data))
	}
	if len(data) < 5 || string(data[:4]) != credentialsMagic {
		return Credentials{}, fmt.Errorf(
			"%w: do not begin with %s",
			ErrCredentials,
			credentialsMagic,
		)
	}
	switch version := data[4]; version {
	case 0:
		return parseWritable(data[5:])
	case 1:
		return parseProto(data[5:])
	default:
		return Credentials{}, fmt.Errorf("%w: version %d", ErrCredentials, version)
	}
}

// Encode writes version 0, which every Hadoop reads, with aliases in order.
func (c Credentials) Encode() []byte {
	b := append([]byte(credentialsMagic), 0)
	b = appendVint(b, int64(len(c.Tokens)))
	for _, alias := range sortedAliases(c.Tokens) {
		b = appendText(b, string(alias))
		b = appendToken(b, c.Tokens[alias])
	}
	b = appendVint(b, int64(len(c.Secrets)))
	for _, alias := range sortedAliases(c.Secrets) {
		b = appendText(b, string(alias))
		b = appendText(b, string(c.Secrets[alias]))
	}
	return b
}

// appendToken writes a token as Hadoop's Writable.
//
//	vint length │ identifier │ vint length │ password │ Text kind │ Text service
func appendToken(b []byte, t Token) []byte {
	b = appendText(b, string(t.Identifier))
	b = appendText(b, string(t.Password))
	b = appendText(b, string(t.Kind))
	return appendText(b, t.Service)
}

// appendText writes a length and that many bytes, which is Hadoop's Text.
func appendText(b []byte, s string) []byte { return append(appendVint(b, int64(len(s))), s...) }

// appendVint writes a number that is not negative as WritableUtils does: up to 127 as itself, more
// as -112 minus the count of bytes, and those bytes, big-endian.
func appendVint(b []byte, n int64) []byte {
	if n <= 127 {
		return append(b, byte(n))
	}
	big := binary.BigEndian.AppendUint64(nil, uint64(n))
	for big[0] == 0 {
		big = big[1:]
	}
	return append(append(b, byte(-112-len(big))), big...)
}

// writable reads Hadoop's Writable encoding. The first error sticks and ends every loop.
type writable struct {
	rest []byte
	err  error
}

// count reads a number that is not negative.
func (w *writable) count() int {
	if w.err != nil || len(w.rest) == 0 {
		w.fail("ends too soon")
		return 0
	}
	first := int8(w.rest[0])
	w.rest = w.rest[1:]
	if first >= -112 {
		return w.checked(int64(first))
	}
	size := -112 - int(first)
	if size > 8 || size > len(w.rest) {
		w.fail("has a negative number, or ends too soon")
		return 0
	}
	var n uint64
	for _, b := range w.rest[:size] {
		n = n<<8 | uint64(b)
	}
	w.rest = w.rest[size:]
	return w.checked(int64(n))
}

// checked refuses a count that the remaining bytes cannot hold, before anyone allocates for it.
func (w *writable) checked(n int64) int {
	if n < 0 || n > int64(len(w.rest)) {
		w.fail("counts more than it holds")
		return 0
	}
	return int(n)
}

func (w *writable) bytes() []byte {
	n := w.count()
	if w.err != nil {
		return nil
	}
	b := w.rest[:n:n]
	w.rest = w.rest[n:]
	return b
}

func (w *writable) fail(why string) {
	if w.err == nil {
		w.err = fmt.Errorf("%w: %s", ErrCredentials, why)
	}
}

func parseWritable(data []byte) (Credentials, error) {
	c := Credentials{Tokens: map[Alias]Token{}, Secrets: map[Alias][]byte{}}
	w := &writable{rest: data}
	for n := w.count(); n > 0 && w.err == nil; n-- {
		alias := Alias(w.bytes())
		c.Tokens[alias] = Token{Identifier: w.bytes(), Password: w.bytes(),
			Kind: TokenKind(w.bytes()), Service: string(w.bytes())}
	}
	for n := w.count(); n > 0 && w.err == nil; n-- {
		alias := Alias(w.bytes())
		c.Secrets[alias] = w.bytes()
	}
	if w.err != nil {
		return Credentials{}, w.err
	}
	return c, nil
}

func parseProto(data []byte) (Credentials, error) {
	body, n := protowire.ConsumeBytes(data)
	if n < 0 {
		return Credentials{}, fmt.Errorf("%w: end too soon", ErrCredentials)
	}
	var p hadooppb.CredentialsProto
	if err := proto.Unmarshal(body, &p); err != nil {
		return Credentials{}, fmt.Errorf("%w: %w", ErrCredentials, err)
	}
	c := Credentials{Tokens: map[Alias]Token{}, Secrets: map[Alias][]byte{}}
	for _, kv := range p.GetTokens() {
		c.Tokens[Alias(kv.GetAlias())] = fromToken(kv.GetToken())
	}
	for _, kv := range p.GetSecrets() {
		c.Secrets[Alias(kv.GetAlias())] = kv.GetSecret()
	}
	return c, nil
}

// sortedAliases returns the keys in order.
func sortedAliases[V any](m map[Alias]V) []Alias { return slices.Sorted(maps.Keys(m)) }
