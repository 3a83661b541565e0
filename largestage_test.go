package weft_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/weft-data/weft"
	"github.com/weft-data/weft/am"
)

// TestParametersAboveTheMessageLimit covers S60: parameters that no message can carry are refused
// before anything runs, with their operator and what to do; the session goes on.
func TestParametersAboveTheMessageLimit(t *testing.T) {
	err := weft.Local(t.Context(), 2, func(ctx context.Context, s *weft.Session) error {
		words := weft.Parallelize(s, []string{"a", "b"}, 2)
		_, err := prefixed.On(words, strings.Repeat("x", 60<<20)).Count(ctx)
		if !errors.Is(err, am.ErrTemplateTooLarge) {
			t.Errorf("60 MB of parameters: %v", err)
			return nil
		}
		for _, want := range []string{"the parameters of map", "largestage_test.go", "broadcast"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v does not tell %q", err, want)
			}
		}
		n, err := prefixed.On(words, strings.Repeat("x", 2<<20)).Count(ctx)
		if n != 2 {
			t.Errorf("%d records", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
