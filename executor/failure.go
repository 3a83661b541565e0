package executor

import (
	"errors"
	"strconv"
	"strings"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/shuffle"
)

// maxText bounds a message or stack that travels: a user's error may hold its whole input.
const maxText = 64 << 10

// failure gives an error the type under which the driver decides about it.
func failure(err error) *control.Failure {
	f := &control.Failure{Message: clip(err.Error()), Record: -1}
	var final *finalError
	f.Final = errors.As(err, &final)
	var user *UserError
	var fetch *shuffle.FetchFailedError
	switch {
	case errors.Is(err, ErrKilled), errors.Is(err, ErrStopped):
		f.Kind = control.Failure_KILLED
	case errors.As(err, &fetch):
		f.Kind, f.Fetch = control.Failure_FETCH, fetchFailure(fetch)
	case errors.Is(err, ErrCommitDenied):
		f.Kind = control.Failure_COMMIT_DENIED
	case errors.As(err, &user):
		f.Kind, f.Operator, f.Record = control.Failure_USER, user.Operator, user.Record
		f.Message, f.Stack = clip(user.Message), clip(user.Stack)
	}
	return f
}

// fetchFailure tells a bad output from lost ones. Bytes that do not hold are the fault of one
// block. An output that is not there any more speaks for a directory that was wiped: were each
// missing one found by itself, every attempt of a reader would find one more, and the job fail
// before the last. A node's service that does not have one output, or does not answer, has none of
// the others either, whoever wrote them.
func fetchFailure(e *shuffle.FetchFailedError) *control.Fetch {
	f := &control.Fetch{
		Shuffle: int32(e.Shuffle), Map: int32(e.Map), Attempt: int32(e.Attempt), Executor: -1,
		OneBlock: errors.Is(e, shuffle.ErrCorrupt), Service: strings.HasPrefix(e.Addr, serviceScheme),
	}
	for i, m := range e.Maps {
		if i == 0 {
			f.Map = int32(m)
			continue
		}
		f.Others = append(f.Others, int32(m))
	}
	id, err := strconv.ParseInt(strings.TrimPrefix(e.Executor, "e"), 10, 32)
	if err != nil { // there was no place to read from
		f.Map, f.Attempt, f.Others = -1, -1, nil
		return f
	}
	f.Executor = int32(id)
	return f
}

func clip(s string) string {
	if len(s) <= maxText {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}
