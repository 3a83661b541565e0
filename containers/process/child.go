package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/weft-data/weft/internal/identity"
)

// identityFile is the descriptor on which the driver sends the identity.
const identityFile = 3

// ErrDriverGone is the cause of a Child's context that ended because the driver closed the
// executor's standard input, by itself or by dying.
var ErrDriverGone = errors.New("the driver is gone")

// Child is called in an executor's process, once. It reads the identity, and returns a context
// that ends when the driver is gone. The goroutine that watches the driver ends with the process.
func Child(ctx context.Context) (context.Context, *identity.Identity, error) {
	f := os.NewFile(identityFile, "identity")
	i, err := identity.Read(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, nil, fmt.Errorf("take over the application's identity: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel(ErrDriverGone)
	}()
	return ctx, i, nil
}
