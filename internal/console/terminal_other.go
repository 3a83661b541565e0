//go:build !unix

package console

import "io"

// Width is how many columns the terminal behind w has; 0 where that cannot be known.
func Width(io.Writer) int { return 0 }
