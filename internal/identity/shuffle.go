package identity

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
)

// ShuffleSecretSize is the length of a ShuffleSecret in bytes.
const ShuffleSecretSize = 32

// ShuffleSecret is what the application's executors and the shuffle services of the nodes prove to
// each other. It follows from the private key by HKDF-SHA256, so that nobody has to carry it
// beside the identity, and nobody who holds it, as every service does, can tell the key.
func (i *Identity) ShuffleSecret() ([]byte, error) {
	key, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		return nil, fmt.Errorf("derive the shuffle secret: %w", err)
	}
	secret, err := hkdf.Key(sha256.New, key, nil, "weft shuffle service v1", ShuffleSecretSize)
	if err != nil {
		return nil, fmt.Errorf("derive the shuffle secret: %w", err)
	}
	return secret, nil
}
