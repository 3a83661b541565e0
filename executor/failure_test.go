package executor

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/shuffle"
)

func TestFailuresKeepTheirType(t *testing.T) {
	fetch := &shuffle.FetchFailedError{
		Executor: "e12", Addr: "h:1", Shuffle: 3, Map: 4, Attempt: 1, Reduce: 5, Cause: shuffle.ErrCorrupt,
	}
	dead := &shuffle.FetchFailedError{Executor: "e12", Shuffle: 3, Map: 4, Attempt: 1, Cause: errors.New("refused")}
	gone := &shuffle.FetchFailedError{Executor: "e12", Shuffle: 3, Map: 4, Attempt: 1, Cause: shuffle.ErrNotFound}
	served := &shuffle.FetchFailedError{
		Executor: "e12", Addr: serviceScheme + "h:1", Shuffle: 3, Map: 4, Attempt: 1, Cause: errors.New("refused"),
	}
	nowhere := &shuffle.FetchFailedError{Shuffle: 3, Map: 4, Cause: errNoOutput}
	for name, test := range map[string]struct {
		err  error
		want *control.Failure
	}{
		"engine": {errors.New("x"), &control.Failure{Message: "x", Record: -1}},
		"final":  {fmt.Errorf("y: %w", Final(errors.New("x"))), &control.Failure{Message: "y: x", Final: true, Record: -1}},
		"user": {
			fmt.Errorf("wrapped: %w", &UserError{Operator: "map at a.go:1", Partition: 2, Record: 7, Message: "m", Stack: "s"}),
			&control.Failure{Kind: control.Failure_USER, Operator: "map at a.go:1", Record: 7, Message: "m", Stack: "s"},
		},
		"killed": {
			&killedError{"stage over"},
			&control.Failure{Kind: control.Failure_KILLED, Message: "killed by the driver: stage over", Record: -1},
		},
		"denied": {
			fmt.Errorf("%w: twin", ErrCommitDenied),
			&control.Failure{Kind: control.Failure_COMMIT_DENIED, Message: "commit denied: twin", Record: -1},
		},
		"corrupt output": {fetch, &control.Failure{
			Kind: control.Failure_FETCH, Message: fetch.Error(), Record: -1,
			Fetch: &control.Fetch{Shuffle: 3, Map: 4, Attempt: 1, Executor: 12, OneBlock: true},
		}},
		"dead executor": {dead, &control.Failure{
			Kind: control.Failure_FETCH, Message: dead.Error(), Record: -1,
			Fetch: &control.Fetch{Shuffle: 3, Map: 4, Attempt: 1, Executor: 12},
		}},
		"wiped directory": {gone, &control.Failure{
			Kind: control.Failure_FETCH, Message: gone.Error(), Record: -1,
			Fetch: &control.Fetch{Shuffle: 3, Map: 4, Attempt: 1, Executor: 12},
		}},
		"service that is gone": {served, &control.Failure{
			Kind: control.Failure_FETCH, Message: served.Error(), Record: -1,
			Fetch: &control.Fetch{Shuffle: 3, Map: 4, Attempt: 1, Executor: 12, Service: true},
		}},
		"nowhere": {nowhere, &control.Failure{
			Kind: control.Failure_FETCH, Message: nowhere.Error(), Record: -1,
			Fetch: &control.Fetch{Shuffle: 3, Map: -1, Attempt: -1, Executor: -1},
		}},
	} {
		if diff := cmp.Diff(test.want, failure(test.err), protocmp.Transform()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestLongAndBrokenTextIsCut(t *testing.T) {
	f := failure(&UserError{Message: strings.Repeat("ü", maxText), Stack: "a\xffb"})
	if len(f.Message) > maxText+3 || !strings.HasSuffix(f.Message, "ü…") || f.Stack != "a\uFFFDb" {
		t.Errorf("%d bytes, ends %q, stack %q", len(f.Message), f.Message[len(f.Message)-8:], f.Stack)
	}
}

func ExampleUserError() {
	fmt.Println(&UserError{Operator: "flatMap at wordcount.go:21", Partition: 3, Record: 17, Message: "no luck"})
	// Output: operator flatMap at wordcount.go:21, partition 3, record 17: no luck
}
