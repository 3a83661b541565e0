// Package ipc is Hadoop RPC version 9: calls with protobuf messages over one TCP connection, many
// in flight, with SASL where tokens are used.
//
//	Client ── picks an address, dials, retries, fails over
//	  └─ Conn ── one connection: calls go out as frames, answers are matched by call id
//	       └─ net.Conn, or a protected stream over it (auth-int, auth-conf)
//
// A connection opens with, big-endian,
//
//	"hrpc" │ 9 │ service class 0 │ auth 0x00 none, 0xDF SASL
//	[SASL exchange]
//	frame: RpcRequestHeader(call id -3), IpcConnectionContext
//	frame: RpcRequestHeader, RequestHeader, request                ──▶
//	frame: RpcResponseHeader, response (absent after an error)     ◀──
//
// where a frame is a 4-byte length and that many bytes, and each message in it is preceded by its
// own length as a varint. Server is the other side, for tests.
//
// Client and Conn may be used from any number of goroutines. Each Conn has one goroutine, which
// reads; Close waits for it.
package ipc
