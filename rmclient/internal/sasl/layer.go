package sasl

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"errors"
	"fmt"
)

// direction names the two ways in the constants that keys are derived with.
type direction string

const (
	clientToServer direction = "client-to-server"
	serverToClient direction = "server-to-client"
)

const (
	macSize  = 10 // of HMAC-MD5's 16 bytes
	tailSize = 6  // message type 00 01 and the sequence number
)

var errProtection = errors.New("protected message was changed, repeated or lost")

// A Layer protects the bytes of a connection after the exchange. Messages must be unwrapped in the
// order in which the other side wrapped them.
//
//	auth-int    message ‖ HMAC-MD5(Ki, seq32 ‖ message)[0:10] ‖ 00 01 ‖ seq32
//	auth-conf   RC4(message ‖ HMAC-MD5(Ki, seq32 ‖ message)[0:10]) ‖ 00 01 ‖ seq32
//
// The sequence number counts from 0 in each direction, big-endian. The RC4 stream runs on from
// message to message.
type Layer struct{ out, in half }

// half is one direction of a Layer.
type half struct {
	key    [md5.Size]byte
	cipher *rc4.Cipher // nil for auth-int
	seq    uint32
}

func newLayer(ha1 [md5.Size]byte, qop QOP, out, in direction) *Layer {
	if qop == Auth {
		return nil
	}
	return &Layer{out: newHalf(ha1, qop, out), in: newHalf(ha1, qop, in)}
}

func newHalf(ha1 [md5.Size]byte, qop QOP, d direction) half {
	h := half{key: md5.Sum([]byte(string(ha1[:]) +
		"Digest session key to " + string(d) + " signing key magic constant"))}
	if qop == AuthConf {
		seal := md5.Sum([]byte(string(ha1[:]) +
			"Digest H(A1) to " + string(d) + " sealing key magic constant"))
		h.cipher, _ = rc4.NewCipher(seal[:]) // 16 bytes are a valid key
	}
	return h
}

// Wrap protects a message.
func (l *Layer) Wrap(message []byte) []byte {
	h := &l.out
	wrapped := make([]byte, 0, len(message)+macSize+tailSize)
	wrapped = append(wrapped, message...)
	wrapped = append(wrapped, h.mac(message)...)
	if h.cipher != nil {
		h.cipher.XORKeyStream(wrapped, wrapped)
	}
	wrapped = binary.BigEndian.AppendUint32(append(wrapped, 0, 1), h.seq)
	h.seq++
	return wrapped
}

// Unwrap checks and opens what the other side wrapped. It works in place: wrapped is used up.
func (l *Layer) Unwrap(wrapped []byte) ([]byte, error) {
	h := &l.in
	if len(wrapped) < macSize+tailSize {
		return nil, fmt.Errorf("%w: %d bytes", errProtection, len(wrapped))
	}
	body, tail := wrapped[:len(wrapped)-tailSize], wrapped[len(wrapped)-tailSize:]
	if h.cipher != nil {
		h.cipher.XORKeyStream(body, body)
	}
	message, mac := body[:len(body)-macSize], body[len(body)-macSize:]
	if tail[0] != 0 || tail[1] != 1 || binary.BigEndian.Uint32(tail[2:]) != h.seq ||
		!hmac.Equal(mac, h.mac(message)) {
		return nil, fmt.Errorf("%w: message %d", errProtection, h.seq)
	}
	h.seq++
	return message, nil
}

func (h *half) mac(message []byte) []byte {
	m := hmac.New(md5.New, h.key[:])
	m.Write(binary.BigEndian.AppendUint32(nil, h.seq))
	m.Write(message)
	return m.Sum(nil)[:macSize]
}
