package rmclient

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// The bytes that Java's Credentials wrote for this token.
const javaBytes = "HDTS\x00\x01\x04mine\x02id\x02pw\x0aWEFT_TOKEN\x03svc\x00"

var mine = Credentials{Secrets: map[Alias][]byte{}, Tokens: map[Alias]Token{
	"mine": {Identifier: []byte("id"), Password: []byte("pw"), Kind: "WEFT_TOKEN", Service: "svc"}}}

func TestCredentialsAsJavaWritesThem(t *testing.T) {
	if got := string(mine.Encode()); got != javaBytes {
		t.Errorf("wrote %q, want %q", got, javaBytes)
	}
	path := filepath.Join(t.TempDir(), "container_tokens")
	if err := os.WriteFile(path, []byte(javaBytes), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := ReadCredentialsFile(path)
	if diff := cmp.Diff(mine, got); diff != "" || err != nil {
		t.Errorf("read %v\n%s", err, diff)
	}
}

func TestCredentialsVersion1(t *testing.T) {
	body, err := proto.Marshal(&hadooppb.CredentialsProto{
		Tokens: []*hadooppb.CredentialsKVProto{
			{Alias: proto.String("mine"), Token: toToken(mine.Tokens["mine"])},
		},
		Secrets: []*hadooppb.CredentialsKVProto{{Alias: proto.String("s"), Secret: []byte("shh")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseCredentials(append([]byte("HDTS\x01"), protowire.AppendBytes(nil, body)...))
	want := Credentials{Tokens: mine.Tokens, Secrets: map[Alias][]byte{"s": []byte("shh")}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("read %v\n%s", err, diff)
	}
}

func TestCredentialsReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(-1, -1, 400)
		c := Credentials{Tokens: map[Alias]Token{}, Secrets: map[Alias][]byte{}}
		for range rapid.IntRange(0, 4).Draw(t, "tokens") {
			c.Tokens[Alias(text.Draw(t, "alias"))] = Token{
				Identifier: []byte(text.Draw(t, "identifier")),
				Password:   []byte(text.Draw(t, "password")),
				Kind:       TokenKind(text.Draw(t, "kind")),
				Service:    text.Draw(t, "service"),
			}
		}
		for range rapid.IntRange(0, 4).Draw(t, "secrets") {
			c.Secrets[Alias(text.Draw(t, "name"))] = []byte(text.Draw(t, "secret"))
		}
		got, err := ParseCredentials(c.Encode())
		if diff := cmp.Diff(c, got); diff != "" || err != nil {
			t.Fatalf("%v\n%s", err, diff)
		}
	})
}

func TestBadCredentials(t *testing.T) {
	for _, s := range []string{"", "HDTS", "HDTX\x00\x00\x00", "HDTS\x02", "HDTS\x00\x01", "HDTS\x00\x7f",
		"HDTS\x00\x8e\x7f\xff\x00", "HDTS\x00\x80", "HDTS\x01\xff", "HDTS\x01\x02\x0a\x05", javaBytes[:20]} {
		if c, err := ParseCredentials([]byte(s)); !errors.Is(err, ErrCredentials) {
			t.Errorf("%q reads as %v, %v", s, c, err)
		}
	}
}

func TestCredentialsForExecutors(t *testing.T) {
	c := Credentials{Tokens: map[Alias]Token{"": {Kind: AMRMTokenKind}, "x": {Kind: "WEFT"}}}
	if _, ok := c.Token(AMRMTokenKind); !ok {
		t.Error("the AMRMToken, whose alias is empty, was not found")
	}
	if _, ok := c.Without(AMRMTokenKind).Token(AMRMTokenKind); ok {
		t.Error("an executor would get the AMRMToken")
	}
}

func TestTokensDoNotPrintTheirPasswords(t *testing.T) {
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if s := fmt.Sprintf(format, mine.Tokens["mine"]); strings.Contains(s, "pw") ||
			strings.Contains(s, "112") {
			t.Errorf("%s prints %s", format, s)
		}
	}
}

func FuzzCredentials(f *testing.F) {
	f.Add([]byte(javaBytes))
	f.Add([]byte("HDTS\x01\x00"))
	f.Add([]byte("HDTS\x00\x8f\x01\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCredentials(data)
		if err != nil {
			return
		}
		again, err := ParseCredentials(c.Encode())
		if err != nil || !bytes.Equal(again.Encode(), c.Encode()) {
			t.Errorf("%q reads as %v, which reads as %v, %v", data, c, again, err)
		}
	})
}
