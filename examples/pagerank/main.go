// Command pagerank ranks pages by the links between them.
//
//	pagerank LINKS ROUNDS OUT
//
// A line of LINKS is "page page", the first of which links to the second. OUT becomes a directory
// of lines "rank TAB page", the highest rank first. Pages are ranked as in the first published form
// of the algorithm: a page starts with 1, gives its rank to those it links to in equal parts, and
// keeps 0.15 + 0.85 of what it is given.
package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-data/weft"
)

type (
	link = weft.Pair[string, string]
	rank = weft.Pair[string, float64]
)

var (
	parse = weft.TryMap(func(line string) (link, error) {
		from, to, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			return link{}, fmt.Errorf("%q is no link: want two pages with a blank between", line)
		}
		return weft.KV(from, strings.TrimSpace(to)), nil
	})
	byPage = weft.GroupByKey[string, string]()
	start  = weft.MapValues[string](func([]string) float64 { return 1 })
	ranked = weft.Join[string, []string, float64]()
	give   = weft.FlatMap(func(p weft.Pair[string, weft.Joined[[]string, float64]], emit func(rank)) {
		for _, to := range p.Value.Left {
			emit(weft.KV(to, p.Value.Right/float64(len(p.Value.Left))))
		}
	})
	sum  = weft.ReduceByKey[string](func(a, b float64) float64 { return a + b })
	damp = weft.MapValues[string](func(given float64) float64 { return 0.15 + 0.85*given })

	// Sorting by the negative rank puts the highest first.
	swap     = weft.Map(func(r rank) weft.Pair[float64, string] { return weft.KV(-r.Value, r.Key) })
	inOrder  = weft.SortByKey[float64, string]()
	swapBack = weft.Map(func(p weft.Pair[float64, string]) weft.Pair[float64, string] {
		return weft.KV(-p.Key, p.Value)
	})
)

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	if len(s.Args()) != 3 {
		return weft.Usage("pagerank LINKS ROUNDS OUT")
	}
	rounds, err := strconv.Atoi(s.Args()[1])
	if err != nil || rounds < 1 {
		return weft.Usage("pagerank LINKS ROUNDS OUT; ROUNDS is %q, want 1 or more", s.Args()[1])
	}
	// The links are read in every round, so they are kept. They and the ranks are partitioned
	// alike: the joins move nothing.
	links := byPage.On(parse.On(weft.TextFile(s, s.Args()[0])).Distinct()).Persist(weft.MemoryAndDisk)
	ranks := start.On(links)
	for range rounds {
		ranks = damp.On(sum.On(give.On(ranked.On(links, ranks))))
	}
	ranked := inOrder.On(swap.On(ranks.Persist(weft.MemoryAndDisk)))
	return swapBack.On(ranked).SaveAsText(ctx, s.Args()[2])
}
