// Command sort sorts the lines of text files.
//
//	sort IN OUT [PARTITIONS]
//
// The lines of part-00000, part-00001 and so on, read one after the other, are in the order of
// their bytes.
package main

import (
	"context"
	"strconv"

	"github.com/weft-data/weft"
)

var (
	// The line is the key; there is nothing else to a record.
	whole = weft.Map(func(line string) weft.Pair[string, struct{}] {
		return weft.KV(line, struct{}{})
	})
	inOrder = weft.SortByKey[string, struct{}]()
	lines   = weft.Map(func(p weft.Pair[string, struct{}]) string { return p.Key })
)

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	args := s.Args()
	var options []weft.ShuffleOption
	if len(args) == 3 {
		n, err := strconv.Atoi(args[2])
		if err != nil || n < 1 {
			return weft.Usage("sort IN OUT [PARTITIONS]; PARTITIONS is %q, want 1 or more", args[2])
		}
		options, args = append(options, weft.Partitions(n)), args[:2]
	}
	if len(args) != 2 {
		return weft.Usage("sort IN OUT [PARTITIONS]")
	}
	sorted := inOrder.On(whole.On(weft.TextFile(s, args[0])), options...)
	return lines.On(sorted).SaveAsText(ctx, args[1])
}
