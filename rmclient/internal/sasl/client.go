package sasl

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrRefused is returned when the server does not prove that it knows the password, or offers no
// protection that the client accepts.
var ErrRefused = errors.New("DIGEST-MD5 refused")

// A Client proves to a server that it knows the password, and lets the server prove the same.
type Client struct{ exchange }

// NewClient reads the server's challenge and picks the first of the wanted protections that the
// server offers.
func NewClient(challenge []byte, username, password, uri string, want []QOP) (*Client, error) {
	d, err := parse(challenge)
	if err != nil {
		return nil, err
	}
	if d["nonce"] == "" || d["algorithm"] != algorithm {
		return nil, fmt.Errorf("%w: challenge has no nonce or not algorithm=%s",
			errMalformed, algorithm)
	}
	qop, err := choose(d, want)
	if err != nil {
		return nil, err
	}
	c := &Client{exchange{username: username, realm: d["realm"], nonce: d["nonce"],
		cnonce: newNonce(), uri: uri, qop: qop}}
	c.setSecret(password)
	return c, nil
}

// choose picks the protection. RC4 is the only cipher here; every stock JDK offers it.
func choose(d map[string]string, want []QOP) (QOP, error) {
	offer := list(d["qop"])
	if len(offer) == 0 {
		offer = []string{string(Auth)}
	}
	for _, q := range want {
		if !slices.Contains(offer, string(q)) {
			continue
		}
		if q != AuthConf || slices.Contains(list(d["cipher"]), cipherRC4) {
			return q, nil
		}
	}
	return "", fmt.Errorf("%w: server offers qop=%q cipher=%q, client accepts %q",
		ErrRefused, d["qop"], d["cipher"], want)
}

// Response is the answer to the challenge.
func (c *Client) Response() []byte {
	var b strings.Builder
	fmt.Fprintf(
		&b,
		`charset=utf-8,username=%s,realm=%s,nonce=%s,nc=%s,cnonce=%s,digest-uri=%s,`,
		quote(
			c.username,
		),
		quote(c.realm),
		quote(c.nonce),
		nonceCount,
		quote(c.cnonce),
		quote(c.uri),
	)
	fmt.Fprintf(&b, `maxbuf=%s,response=%s,qop=%s`, maxBuffer, c.answer("AUTHENTICATE"), c.qop)
	if c.qop == AuthConf {
		b.WriteString(",cipher=" + cipherRC4)
	}
	return []byte(b.String())
}

// Verify checks the server's own proof.
func (c *Client) Verify(message []byte) error {
	d, err := parse(message)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(d["rspauth"]), []byte(c.answer(""))) != 1 {
		return fmt.Errorf("%w: server does not know the password", ErrRefused)
	}
	return nil
}

// Layer protects what follows; it is nil for Auth.
func (c *Client) Layer() *Layer { return newLayer(c.ha1, c.qop, clientToServer, serverToClient) }
