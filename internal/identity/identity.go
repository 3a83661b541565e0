package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"time"
)

// Identity is the application's certificate with its private key. Printing one, with any verb,
// shows a short fingerprint of the certificate and nothing of the key.
type Identity struct {
	certificate []byte // DER, public
	key         *ecdsa.PrivateKey
}

// New makes the identity of a new application.
func New() (*Identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the application's key: %w", err)
	}
	certificate, err := selfSigned(key)
	if err != nil {
		return nil, fmt.Errorf("make the application's certificate: %w", err)
	}
	return &Identity{certificate: certificate, key: key}, nil
}

// selfSigned has no end of life and no names, because peers compare the whole certificate and
// nothing in it: an application that runs for a year must not lose its executors to a date.
func selfSigned(key *ecdsa.PrivateKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "weft application"},
		NotBefore:    time.Unix(0, 0),
		NotAfter:     time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	return x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
}

// Fingerprint is the first eight bytes of the certificate's SHA-256 in hex: enough to see in a
// log whether two processes were given the same identity.
func (i *Identity) Fingerprint() string {
	sum := sha256.Sum256(i.certificate)
	return hex.EncodeToString(sum[:8])
}

// String is "identity FINGERPRINT".
func (i *Identity) String() string {
	if i == nil {
		return "no identity"
	}
	return "identity " + i.Fingerprint()
}

// GoString is String, so that %#v does not print the key.
func (i *Identity) GoString() string { return i.String() }

// Format is String for every verb and flag: %+v, %x and %d would otherwise reach the fields.
func (i *Identity) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, i.String()) }
