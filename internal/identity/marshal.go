package identity

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
)

// MaxSize bounds a marshalled identity. One is about 900 bytes; readers refuse more than this
// before they parse anything.
const MaxSize = 8 << 10

// ErrMalformed is wrapped by every error of Unmarshal: the bytes are not an identity.
var ErrMalformed = errors.New("not a weft identity")

const (
	certificateBlock = "CERTIFICATE"
	keyBlock         = "PRIVATE KEY"
)

// Marshal gives the identity as two PEM blocks, certificate first, then the key in PKCS #8:
//
//	-----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----
//	-----BEGIN PRIVATE KEY-----  … -----END PRIVATE KEY-----
//
// The result is the secret itself: give it only to a channel that keeps secrets.
func (i *Identity) Marshal() ([]byte, error) {
	key, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		return nil, fmt.Errorf("marshal identity: %w", err)
	}
	var b bytes.Buffer
	for _, block := range []pem.Block{
		{Type: certificateBlock, Bytes: i.certificate},
		{Type: keyBlock, Bytes: key},
	} {
		if err := pem.Encode(&b, &block); err != nil {
			return nil, fmt.Errorf("marshal identity: %w", err)
		}
	}
	return b.Bytes(), nil
}

// Read reads a marshalled identity to the end of r, at most MaxSize bytes.
func Read(r io.Reader) (*Identity, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read identity: %w", err)
	}
	return Unmarshal(data)
}

// Unmarshal is the inverse of Marshal. It refuses anything but exactly the two blocks, and a key
// that does not belong to the certificate. Its errors never quote the input.
func Unmarshal(data []byte) (*Identity, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrMalformed, MaxSize)
	}
	certificate, rest, err := block(data, certificateBlock)
	if err != nil {
		return nil, err
	}
	der, rest, err := block(rest, keyBlock)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("%w: bytes after the key", ErrMalformed)
	}
	return pair(certificate, der)
}

func block(data []byte, kind string) (der, rest []byte, err error) {
	if !bytes.HasPrefix(data, []byte("-----BEGIN "+kind+"-----")) {
		return nil, nil, fmt.Errorf("%w: no %s block", ErrMalformed, kind)
	}
	b, rest := pem.Decode(data)
	if b == nil || b.Type != kind || len(b.Headers) > 0 {
		return nil, nil, fmt.Errorf("%w: bad %s block", ErrMalformed, kind)
	}
	return b.Bytes, rest, nil
}

func pair(certificate, der []byte) (*Identity, error) {
	parsed, err := x509.ParseCertificate(certificate)
	if err != nil {
		return nil, fmt.Errorf("%w: bad certificate", ErrMalformed)
	}
	private, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("%w: bad key", ErrMalformed)
	}
	key, ok := private.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%w: the key is not ECDSA P-256", ErrMalformed)
	}
	if !key.PublicKey.Equal(parsed.PublicKey) {
		return nil, fmt.Errorf("%w: the key is not the certificate's", ErrMalformed)
	}
	return &Identity{certificate: certificate, key: key}, nil
}
