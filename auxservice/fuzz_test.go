package auxservice

import (
	"bytes"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/shuffle"
)

// FuzzStartApplication decodes what the NodeManager's side may send, whose data come from the
// application: what is accepted is one element of a path, and survives the database.
func FuzzStartApplication(f *testing.F) {
	for _, r := range []*StartApplicationRequest{
		start(app1, "ann", 1), start("../x", "ann", 1), start(app1, "a/b", 1), {},
	} {
		b, err := proto.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var r StartApplicationRequest
		if proto.Unmarshal(b, &r) != nil {
			return
		}
		app, err := newApplication(&r)
		if err != nil {
			return
		}
		if strings.ContainsAny(app.id+app.user, "/\x00") || app.user == ".." || app.user == "" {
			t.Fatalf("accepted %q of %q", app.id, app.user)
		}
		record := append([]byte{recordVersion}, app.secret[:]...)
		again, err := decodeApplication([]byte(app.id), append(record, app.user...))
		if err != nil || !again.same(app) {
			t.Fatalf("%v, %v", again, err)
		}
	})
}

// FuzzRecord decodes what a damaged database may hold.
func FuzzRecord(f *testing.F) {
	f.Add(app1, append([]byte{recordVersion}, bytes.Repeat([]byte("s"), shuffle.SecretSize+3)...))
	f.Add("..", []byte{1})
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		app, err := decodeApplication([]byte(key), value)
		if err == nil && (shuffle.CheckApplication(app.id) != nil || shuffle.CheckUser(app.user) != nil) {
			t.Fatalf("accepted %q of %q", app.id, app.user)
		}
	})
}
