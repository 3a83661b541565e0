package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-data/weft/rmclient"
)

func TestAnErrorIsOneLineWithTheNextStep(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
		want string
	}{
		{nil, 0, ""},
		{errors.New("read x: no"), 1, "weft: read x: no\n"},
		{errors.New("weft: two\n\tlines\x1b[2J"), 1, "weft: two lines [2J\n"},
		{badf("no %s", "way"), 2, "weft: no way\n"},
		{fmt.Errorf("outer: %w", badf("inner")), 2, "weft: outer: inner\n"},
		{exit(7), 7, ""},
		{fmt.Errorf("submit: %w", rmclient.ErrQueue), 1,
			"weft: submit: queue does not accept the application; give a running leaf queue with --queue\n"},
		{fmt.Errorf("kill it: %w", rmclient.ErrUnauthorized), 1,
			"weft: kill it: not authorized; ask as the application's user: HADOOP_USER_NAME=NAME weft …\n"},
		{errors.New(strings.Repeat("java ", 500) + "see weft logs"), 1,
			"weft: " + strings.Repeat("java ", 140) + " … " + "a " + strings.Repeat("java ", 57) +
				"see weft logs\n"},
	} {
		var b strings.Builder
		if code := report(context.Background(), &b, c.err); code != c.code || b.String() != c.want {
			t.Errorf("%.40v: exit %d\ngot  %qwant %q", c.err, code, b.String(), c.want)
		}
	}
}
