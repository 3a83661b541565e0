// Package identity holds the one secret that proves that two processes belong to the same
// weft application.
//
// The submitting client makes an Identity: an ECDSA P-256 key and a certificate signed by that
// key alone. It travels to the driver and the executors by a channel that keeps secrets (YARN's
// credentials file, an inherited pipe), never through argv, environment or logs. Every listener
// of the application then presents this certificate and accepts exactly this one, byte for byte,
// over TLS 1.3. There is no authority, no host name and no clock in that decision: a peer is of
// the application if and only if it holds the key.
//
// An Identity is immutable and may be used by any goroutine.
package identity
