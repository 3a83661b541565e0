package sasl

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// exchange holds what both sides agree on, from which every key and answer follows.
type exchange struct {
	username, realm, nonce, cnonce, uri string
	qop                                 QOP
	ha1                                 [md5.Size]byte
}

// setSecret computes HA1 = MD5(MD5(user:realm:password) : nonce : cnonce). The inner digest goes in
// raw, which is what md5-sess means.
func (e *exchange) setSecret(password string) {
	inner := md5.Sum([]byte(e.username + ":" + e.realm + ":" + password))
	e.ha1 = md5.Sum([]byte(string(inner[:]) + ":" + e.nonce + ":" + e.cnonce))
}

// answer computes the response with prefix AUTHENTICATE, or rspauth with an empty one.
func (e *exchange) answer(prefix string) string {
	a2 := prefix + ":" + e.uri
	if e.qop != Auth {
		a2 += ":" + strings.Repeat("0", 2*md5.Size)
	}
	ha2 := md5.Sum([]byte(a2))
	sum := md5.Sum([]byte(strings.Join([]string{
		hex.EncodeToString(e.ha1[:]), e.nonce, nonceCount, e.cnonce, string(e.qop),
		hex.EncodeToString(ha2[:]),
	}, ":")))
	return hex.EncodeToString(sum[:])
}

func newNonce() string {
	var b [24]byte
	rand.Read(b[:]) // never fails
	return base64.StdEncoding.EncodeToString(b[:])
}
