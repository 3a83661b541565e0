package rmclient

import (
	"fmt"
	"strings"
)

// validate refuses what the ResourceManager would take and fail on later, less clearly.
func (s SubmissionContext) validate() error {
	switch {
	case s.ID.IsZero():
		return fmt.Errorf("%w: no application id; get one from NewApplication", ErrInvalidRequest)
	case s.Resource.MemoryMB <= 0 && !s.Unmanaged:
		return fmt.Errorf("%w: the AM's container has no memory", ErrInvalidRequest)
	case len(s.AM.Command) == 0 && !s.Unmanaged:
		return fmt.Errorf("%w: the AM has no command", ErrInvalidRequest)
	}
	for _, tag := range s.Tags {
		if len(tag) > 100 ||
			strings.ContainsFunc(tag, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
			return fmt.Errorf(
				"%w: tag %q: want at most 100 ASCII characters",
				ErrInvalidRequest,
				tag,
			)
		}
	}
	return nil
}

// speakable refuses what the REST API would drop without a word.
func (s SubmissionContext) speakable() error {
	if s.Lifetime > 0 || s.AM.Retry != nil || len(s.Resource.Extra) > 0 {
		return fmt.Errorf("%w: the REST API cannot say Lifetime, Retry or extra resources; "+
			"submit by RPC", ErrInvalidRequest)
	}
	return nil
}

// rejected turns the diagnostics of an application that failed before it was accepted into an
// error.
func rejected(diagnostics string) error {
	if aboutQueue(diagnostics) {
		return fmt.Errorf("%w: %w: %s", ErrRejected, ErrQueue, diagnostics)
	}
	return fmt.Errorf("%w: %s", ErrRejected, diagnostics)
}
