package identity

import (
	"crypto/subtle"
	"crypto/tls"
	"errors"
)

// ErrStranger is the reason a handshake ends with when the peer's certificate is not the
// application's own.
var ErrStranger = errors.New("the peer is not of this application")

// ServerTLS is the configuration for every listener of the application: TLS 1.3, and a client
// must present the application's certificate. Each call returns a new Config.
func (i *Identity) ServerTLS() *tls.Config {
	c := i.config()
	c.ClientAuth = tls.RequireAnyClientCert // VerifyConnection decides, not a chain
	return c
}

// ClientTLS is the configuration for every connection to a listener of the application: the
// server must present the application's certificate. Each call returns a new Config.
func (i *Identity) ClientTLS() *tls.Config {
	c := i.config()
	// Names and chains say nothing about a self-made certificate; VerifyConnection compares
	// the whole of it instead, which is stricter.
	c.InsecureSkipVerify = true
	return c
}

func (i *Identity) config() *tls.Config {
	return &tls.Config{
		MinVersion:       tls.VersionTLS13,
		Certificates:     []tls.Certificate{{Certificate: [][]byte{i.certificate}, PrivateKey: i.key}},
		VerifyConnection: i.verify,
		// A resumed session would prove an earlier handshake, not the key.
		SessionTicketsDisabled: true,
	}
}

// verify accepts exactly one certificate: the application's own. TLS itself has already proved
// that the peer holds its key.
func (i *Identity) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) != 1 {
		return ErrStranger
	}
	if subtle.ConstantTimeCompare(state.PeerCertificates[0].Raw, i.certificate) != 1 {
		return ErrStranger
	}
	return nil
}
