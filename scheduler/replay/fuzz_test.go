package replay

import (
	"bytes"
	"reflect"
	"testing"
)

// FuzzDecode: a line that can be read can be written and read again, to the same event.
func FuzzDecode(f *testing.F) {
	for _, line := range []string{
		`{"at":0,"event":"Ready"}`,
		`{"at":5,"event":"Tick"}`,
		`{"at":1,"event":"ExecutorAdded","data":{"Executor":1,"Host":"h1","Rack":"","Slots":2}}`,
		`{"at":1,"event":"TasksEnded","data":{"Executor":1,"Ends":[{"Task":{"Stage":1},"Outcome":1,` +
			`"Failure":{"Message":"m"}}]}}`,
		`{"at":1,"event":"PoolsChanged","data":{"Pools":[{"Name":"a","Weight":1}]}}`,
		`{"at":1,"event":"JobSubmitted","data":{"Job":{"ID":1,"Stages":[{"Tasks":1,"Shuffle":-1}]}}}`,
		`{"at":1e9,"event":"X"}`, `[]`, ``,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		at, e, err := decode(line)
		if err != nil || e == nil {
			return
		}
		var log bytes.Buffer
		if err := Record(&log, at, e); err != nil {
			t.Fatal(err)
		}
		again, same, err := decode(log.Bytes())
		if err != nil || again != at || !reflect.DeepEqual(same, e) {
			t.Fatalf("%s: %v\nread   %+v\nbefore %+v", log.Bytes(), err, same, e)
		}
	})
}
