package ipc

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"testing/iotest"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// What is written as a frame is read back, however the network cuts it.
func TestFrameRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := &hadooppb.UserInformationProto{
			EffectiveUser: proto.String(rapid.StringN(0, 50, 99).Draw(t, "user")),
		}
		second := &hadooppb.RpcSaslProto{State: hadooppb.RpcSaslProto_WRAP.Enum(),
			Token: rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "token")}
		written, err := appendFrame(nil, first, second)
		if err != nil {
			t.Fatal(err)
		}
		frame, err := readFrame(iotest.OneByteReader(bytes.NewReader(written)))
		if err != nil {
			t.Fatal(err)
		}
		var gotFirst hadooppb.UserInformationProto
		var gotSecond hadooppb.RpcSaslProto
		rest, err := takeMessage(frame, &gotFirst)
		if err == nil {
			rest, err = takeMessage(rest, &gotSecond)
		}
		if err != nil || len(rest) != 0 ||
			gotFirst.GetEffectiveUser() != first.GetEffectiveUser() ||
			!bytes.Equal(gotSecond.GetToken(), second.GetToken()) {
			t.Fatalf("read %v, %v, %v", &gotFirst, &gotSecond, err)
		}
	})
}

// A length on the wire is not believed: too large is refused, and a lie costs little memory.
func TestFrameLengthIsNotTrusted(t *testing.T) {
	for _, test := range []struct {
		name string
		give []byte
		want error
	}{
		{"over the limit", []byte{0x08, 0, 0, 1}, ErrProtocol},
		{"negative, as before version 9", []byte{0xff, 0xff, 0xff, 0xff}, ErrProtocol},
		{"HTTP", []byte("HTTP/1.1 404 Not Found\r\n"), ErrProtocol},
		{"cut off", []byte{0x07, 0xff, 0xff, 0xff, 1, 2, 3}, io.ErrUnexpectedEOF},
		{"nothing", nil, io.EOF},
	} {
		t.Run(test.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := readFrame(bytes.NewReader(test.give))
			runtime.ReadMemStats(&after)
			if !errors.Is(err, test.want) {
				t.Errorf("error = %v, want %v", err, test.want)
			}
			allocated := after.TotalAlloc - before.TotalAlloc
			if allocated > 2*frameStep {
				t.Errorf("%d bytes allocated", allocated)
			}
		})
	}
}

func FuzzFrame(f *testing.F) {
	good, err := appendFrame(nil, requestHeader(3, []byte("client"), 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte{0, 0, 0, 1, 0xff})
	f.Add([]byte{0x08, 0, 0, 0})
	f.Fuzz(func(t *testing.T, wire []byte) {
		frame, err := readFrame(bytes.NewReader(wire))
		if err != nil {
			return
		}
		if len(frame) > len(wire)-4 {
			t.Fatalf("frame of %d bytes out of %d", len(frame), len(wire))
		}
		for len(frame) > 0 {
			rest, err := takeMessage(frame, &hadooppb.RpcResponseHeaderProto{})
			if err != nil {
				return
			}
			if len(rest) >= len(frame) {
				t.Fatal("no progress")
			}
			frame = rest
		}
	})
}
