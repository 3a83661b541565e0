// Package sasl is the DIGEST-MD5 mechanism (RFC 2831) as Hadoop's daemons speak it for tokens: a
// client, the server half for tests, and the security layers of all three qualities of
// protection. It does no I/O: challenges and responses go in and come out as bytes. A Client or
// a Server is used by one goroutine; of a Layer, Wrap and Unwrap may be called by one goroutine
// each at the same time.
//
//	server                                          client
//	realm, nonce, qop, charset, algorithm   ──▶     Challenge
//	Accept                                  ◀──     username, …, response=MD5(HA1:nonce:…:HA2)
//	rspauth=MD5(HA1:nonce:…:HA2')           ──▶     Verify
//	Layer                                   ◀─▶     Layer        (auth-int, auth-conf)
//
// MD5 and RC4 are what this wire demands; nothing else here should use them.
package sasl

// QOP is a quality of protection, by its name on the wire.
type QOP string

// The three qualities of protection.
const (
	Auth     QOP = "auth"
	AuthInt  QOP = "auth-int"
	AuthConf QOP = "auth-conf"
)

const (
	algorithm  = "md5-sess"
	nonceCount = "00000001" // one authentication per nonce
	cipherRC4  = "rc4"
	maxBuffer  = "65536"
)
