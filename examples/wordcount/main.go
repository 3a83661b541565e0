// Command wordcount counts the words of text files.
//
//	wordcount IN OUT [PARTITIONS]
//
// IN is a file, a directory or a pattern, local or in HDFS. Words are what white space separates.
// OUT becomes a directory of files part-NNNNN with a line "word TAB count" for each word; the ten
// most frequent are printed.
package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-data/weft"
)

type count = weft.Pair[string, int64]

var (
	words = weft.FlatMap(func(line string, emit func(string)) {
		for word := range strings.FieldsSeq(line) {
			emit(word)
		}
	})
	one      = weft.Map(func(word string) count { return weft.KV(word, int64(1)) })
	counts   = weft.ReduceByKey[string](func(a, b int64) int64 { return a + b })
	frequent = weft.Top(func(a, b count) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(b.Key, a.Key))
	})
)

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	in, out, options, err := arguments(s.Args())
	if err != nil {
		return err
	}
	result := counts.On(one.On(words.On(weft.TextFile(s, in))), options...)
	if err := result.SaveAsText(ctx, out); err != nil {
		return err
	}
	top, err := frequent.Run(ctx, result, 10)
	for _, c := range top {
		fmt.Printf("%9d  %s\n", c.Value, c.Key)
	}
	return err
}

func arguments(args []string) (in, out string, options []weft.ShuffleOption, err error) {
	if len(args) < 2 || len(args) > 3 {
		return "", "", nil, weft.Usage("wordcount IN OUT [PARTITIONS]")
	}
	if len(args) == 3 {
		n, err := strconv.Atoi(args[2])
		if err != nil || n < 1 {
			return "", "", nil, weft.Usage(
				"wordcount IN OUT [PARTITIONS]; PARTITIONS is %q, want 1 or more", args[2])
		}
		options = append(options, weft.Partitions(n))
	}
	return args[0], args[1], options, nil
}
