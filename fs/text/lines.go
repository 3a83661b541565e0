package text

import (
	"context"

	"github.com/weft-data/weft/fs"
)

// A Batch is a run of whole lines of one split.
type Batch struct {
	// Lines are the lines without their ends (\n or \r\n). The strings share one buffer that is
	// never used again: they may be kept for ever, but one that is kept alone keeps the buffer of
	// a mebibyte alive; strings.Clone frees it. The slice itself is used again after the call.
	Lines []string
	// Offset is where the first line begins in the file; of a compressed file, in its content.
	Offset int64
	// Bytes is how much input the batch stands for, line ends included.
	Bytes int
}

// ReadLines hands the lines of a split to f, batch by batch. It reads ahead in a goroutine that
// has ended when ReadLines returns. An error of f ends it and is returned as it is.
func ReadLines(ctx context.Context, r *fs.Resolver, s Split, f func(Batch) error) error {
	return readLines(ctx, r, s, f)
}

func readLines(ctx context.Context, r *fs.Resolver, s Split, f func(Batch) error) error { panic(0) }
