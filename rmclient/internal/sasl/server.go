package sasl

import (
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"
)

// A Server is the other half, as Hadoop's daemons play it.
type Server struct {
	exchange
	offer []QOP
}

// NewServer offers the given protections, best first.
func NewServer(realm, uri string, offer []QOP) *Server {
	return &Server{exchange{realm: realm, uri: uri, nonce: newNonce()}, offer}
}

// Challenge is the first message.
func (s *Server) Challenge() []byte {
	var names []string
	for _, q := range s.offer {
		names = append(names, string(q))
	}
	line := fmt.Sprintf(`realm=%s,nonce=%s,qop="%s",charset=utf-8,algorithm=%s`,
		quote(s.realm), quote(s.nonce), strings.Join(names, ","), algorithm)
	if slices.Contains(s.offer, AuthConf) {
		line += `,cipher="3des,rc4,des,rc4-56,rc4-40"`
	}
	return []byte(line)
}

// Accept checks a client's response against the password of the user it names, and returns the
// user and the server's own proof.
func (s *Server) Accept(response []byte, password func(user string) (string, bool)) (
	user string, rspauth []byte, err error) {
	d, err := parse(response)
	if err != nil {
		return "", nil, err
	}
	s.username, s.cnonce, s.qop = d["username"], d["cnonce"], QOP(d["qop"])
	if s.qop == "" {
		s.qop = Auth
	}
	if err := s.check(d); err != nil {
		return "", nil, err
	}
	secret, known := password(s.username)
	s.setSecret(secret)
	want := s.answer("AUTHENTICATE")
	if subtle.ConstantTimeCompare([]byte(d["response"]), []byte(want)) != 1 || !known {
		return "", nil, fmt.Errorf("%w: digest response format violation. Mismatched response",
			ErrRefused)
	}
	return s.username, []byte("rspauth=" + s.answer("")), nil
}

// check compares what the client repeats with what it was told.
func (s *Server) check(d map[string]string) error {
	switch {
	case d["realm"] != s.realm,
		d["nonce"] != s.nonce,
		d["nc"] != nonceCount,
		d["digest-uri"] != s.uri:
		return fmt.Errorf("%w: realm, nonce, nc or digest-uri are not the challenge's", ErrRefused)
	case !slices.Contains(s.offer, s.qop):
		return fmt.Errorf("%w: qop %q was not offered", ErrRefused, s.qop)
	case s.qop == AuthConf && d["cipher"] != cipherRC4:
		return fmt.Errorf("%w: cipher %q is not to be had", ErrRefused, d["cipher"])
	}
	return nil
}

// Layer protects what follows; it is nil for Auth.
func (s *Server) Layer() *Layer { return newLayer(s.ha1, s.qop, serverToClient, clientToServer) }
