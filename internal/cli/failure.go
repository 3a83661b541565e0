package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/internal/console"
	"github.com/weft-data/weft/rmclient"
)

// A failure is an error with the exit code it asks for. One without text has been reported already.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// bad marks an error as the user's input: exit code 2.
func bad(err error) error {
	if err == nil {
		return nil
	}
	return &failure{exitUsage, err}
}

// badf is bad with a new text.
func badf(format string, args ...any) error { return bad(fmt.Errorf(format, args...)) }

// errSilent is the error of a failure that has nothing more to say.
var errSilent = errors.New("already reported")

// exit ends a command with a code after everything was said.
func exit(code int) error {
	if code == exitOK {
		return nil
	}
	return &failure{code, errSilent}
}

// report prints what went wrong, in one line, and chooses the exit code.
func report(ctx context.Context, w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{exitFailed, err}
	}
	if errors.Is(err, errSilent) {
		return f.code
	}
	if cause := context.Cause(ctx); cause != nil {
		fmt.Fprintf(w, "weft: %v\n", cause)
		return signalCode(cause)
	}
	fmt.Fprintln(w, oneLine(err))
	return f.code
}

func signalCode(cause error) int {
	if errors.Is(cause, errTerminated) {
		return exitTerminated
	}
	return exitInterrupted
}

// oneLine is the error as people see it: what, why, and what to do next where that is known.
func oneLine(err error) string {
	text := strings.TrimPrefix(err.Error(), "weft: ")
	text = shorten(strings.Join(strings.Fields(console.Clean(text)), " "))
	if next := nextStep(err); next != "" && !strings.Contains(text, "; ") {
		text += "; " + next // an error with a step of its own knows better
	}
	return "weft: " + text
}

// The parts of a long text that people see. Diagnostics of a container that crashed hold the end of
// its log twice; the cause stands in front and the advice at the end.
const (
	mostHead = 700
	mostTail = 300
)

func shorten(text string) string {
	letters := []rune(text)
	if len(letters) <= mostHead+mostTail {
		return text
	}
	return string(letters[:mostHead]) + " … " + string(letters[len(letters)-mostTail:])
}

// nextStep is the advice for errors that leave the user at a loss.
func nextStep(err error) string {
	switch {
	case errors.Is(err, rmclient.ErrUnreachable):
		return "check that the ResourceManager runs and that yarn-site.xml in HADOOP_CONF_DIR " +
			"names it (weft conf explain yarn.resourcemanager.address)"
	case errors.Is(err, rmclient.ErrQueue):
		return "give a running leaf queue with --queue"
	case errors.Is(err, rmclient.ErrNotFound):
		return "weft list --all shows the applications that the ResourceManager remembers"
	case errors.Is(err, rmclient.ErrUnauthorized):
		return "ask as the application's user: HADOOP_USER_NAME=NAME weft …"
	case errors.Is(err, fs.ErrPermission):
		return "check owner and mode with weft fs ls, or set HADOOP_USER_NAME"
	}
	return ""
}
