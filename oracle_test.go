package weft_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/weft-data/weft"
)

type (
	pair  = weft.Pair[string, int]
	other = weft.Pair[string, string]
)

var (
	oracleSum   = weft.ReduceByKey[string](func(a, b int) int { return a + b })
	oracleGroup = weft.GroupByKey[string, int]()
	oracleJoin  = weft.Join[string, int, string]()
	oracleLeft  = weft.LeftJoin[string, int, string]()
	oracleSort  = weft.SortByKey[string, int]()
	oracleZip   = weft.ZipWithIndex[pair]()
	oracleTop   = weft.Top(comparePairs)
	oracleMod   = weft.MapWith(func(_ *weft.Task, by int) (func(int) pair, error) {
		return func(n int) pair { return weft.KV(fmt.Sprint("k", n%by), n) }, nil
	})
)

func comparePairs(a, b pair) int {
	return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value))
}

// local runs a driver with three slots and fails the test with its error.
func local(t *testing.T, run weft.Driver, args ...string) {
	t.Helper()
	if err := weft.Local(t.Context(), 3, run, args...); err != nil {
		t.Fatal(err)
	}
}

// TestOperatorsAgreeWithPlainGo runs wide operators and actions over random pairs, partitions and
// partition counts, and compares what they give with a few lines of ordinary Go.
func TestOperatorsAgreeWithPlainGo(t *testing.T) {
	local(t, func(ctx context.Context, s *weft.Session) error {
		rapid.Check(t, func(t *rapid.T) { againstPlainGo(ctx, t, s) })
		return nil
	})
}

func againstPlainGo(ctx context.Context, t *rapid.T, s *weft.Session) {
	key := rapid.SampledFrom([]string{"", "a", "b", "ab", "\x00", "ä"})
	left := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) pair {
		return weft.KV(key.Draw(t, "key"), rapid.IntRange(-3, 3).Draw(t, "value"))
	}), 0, 40).Draw(t, "left")
	right := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) other {
		return weft.KV(key.Draw(t, "key"), rapid.StringN(0, 2, -1).Draw(t, "value"))
	}), 0, 10).Draw(t, "right")
	parts := rapid.IntRange(1, 4)
	a := weft.Parallelize(s, left, parts.Draw(t, "partitions of left"))
	b := weft.Parallelize(s, right, parts.Draw(t, "partitions of right"))
	n := weft.Partitions(parts.Draw(t, "partitions of the result"))

	sums, groups := map[string]int{}, map[string][]int{}
	for _, p := range left {
		sums[p.Key] += p.Value
		groups[p.Key] = append(groups[p.Key], p.Value)
	}
	same(t, "sums", pairsOf(sums), collect(ctx, t, oracleSum.On(a, n)), comparePairs)
	wantGroups, gotGroups := map[string][]int{}, map[string][]int{}
	for k, vs := range groups {
		wantGroups[k] = slices.Sorted(slices.Values(vs))
	}
	for _, g := range collect(ctx, t, oracleGroup.On(a, n)) {
		gotGroups[g.Key] = slices.Sorted(slices.Values(g.Value))
	}
	if diff := gocmp.Diff(wantGroups, gotGroups); diff != "" {
		t.Fatalf("groups: %s", diff)
	}
	joined, leftJoined := plainJoins(left, right)
	same(t, "join", joined, texts(collect(ctx, t, oracleJoin.On(a, b, n))), cmp.Compare[string])
	same(t, "left join", leftJoined, texts(collect(ctx, t, oracleLeft.On(a, b, n))),
		cmp.Compare[string])

	sorted := collect(ctx, t, oracleSort.On(a, n))
	if !slices.IsSortedFunc(sorted, func(a, b pair) int { return cmp.Compare(a.Key, b.Key) }) {
		t.Fatalf("not sorted: %v", sorted)
	}
	same(t, "sort", left, sorted, comparePairs)
	for i, p := range collect(ctx, t, oracleZip.On(a)) {
		if p.Key != int64(i) || p.Value != left[i] {
			t.Fatalf("record %d is %v, want %v", i, p, left[i])
		}
	}
	same(t, "repartition", left, collect(ctx, t, a.Repartition(3)), comparePairs)
	distinct := slices.Clone(left)
	slices.SortFunc(distinct, comparePairs)
	same(t, "distinct", slices.Compact(distinct), collect(ctx, t, a.Distinct(n)), comparePairs)
	actions(ctx, t, a, left)
}

// actions checks what brings results to the driver.
func actions(ctx context.Context, t *rapid.T, a weft.Dataset[pair], records []pair) {
	k := rapid.IntRange(0, len(records)+1).Draw(t, "k")
	got, err := a.Take(ctx, k)
	if err != nil || !slices.Equal(got, records[:min(k, len(records))]) {
		t.Fatalf("take %d gives %v, %v", k, got, err)
	}
	if n, err := a.Count(ctx); err != nil || n != int64(len(records)) {
		t.Fatalf("count gives %d, %v", n, err)
	}
	want := slices.Clone(records)
	slices.SortFunc(want, func(a, b pair) int { return comparePairs(b, a) })
	if got, err := oracleTop.Run(ctx, a, k); err != nil ||
		!slices.Equal(got, want[:min(k, len(want))]) {
		t.Fatalf("top %d gives %v, %v, want %v", k, got, err, want)
	}
}

func plainJoins(left []pair, right []other) (inner, outer []string) {
	for _, l := range left {
		found := false
		for _, r := range right {
			if l.Key == r.Key {
				found = true
				inner = append(inner, fmt.Sprint(weft.KV(l.Key,
					weft.Joined[int, string]{Left: l.Value, Right: r.Value})))
				outer = append(outer, fmt.Sprint(weft.KV(l.Key,
					weft.LeftJoined[int, string]{Left: l.Value, Right: r.Value, Found: true})))
			}
		}
		if !found {
			outer = append(outer, fmt.Sprint(weft.KV(l.Key, weft.LeftJoined[int, string]{Left: l.Value})))
		}
	}
	return inner, outer
}

func collect[T any](ctx context.Context, t *rapid.T, ds weft.Dataset[T]) []T {
	out, err := ds.Collect(ctx)
	if err != nil {
		t.Fatalf("collect: %v", err)
	}
	return out
}

func pairsOf(m map[string]int) []pair {
	var out []pair
	for k, v := range m {
		out = append(out, weft.KV(k, v))
	}
	return out
}

func texts[T any](records []T) []string {
	var out []string
	for _, r := range records {
		out = append(out, fmt.Sprint(r))
	}
	return out
}

// same compares two multisets.
func same[T any](t *rapid.T, what string, want, got []T, compare func(a, b T) int) {
	want, got = slices.Clone(want), slices.Clone(got)
	slices.SortFunc(want, compare)
	slices.SortFunc(got, compare)
	if len(want) != len(got) ||
		!slices.EqualFunc(want, got, func(a, b T) bool { return compare(a, b) == 0 }) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// TestManyKeysSpill gives a reduce more keys than its memory holds, so that map and
// reduce side spill.
func TestManyKeysSpill(t *testing.T) {
	t.Setenv("WEFT_EXECUTOR_MEMORY", "8m")
	const n, by = 400_000, 150_000
	local(t, func(ctx context.Context, s *weft.Session) error {
		numbers := make([]int, n)
		for i := range numbers {
			numbers[i] = i
		}
		sums, err := oracleSum.On(oracleMod.On(weft.Parallelize(s, numbers, 4), by)).Collect(ctx)
		if err != nil {
			return err
		}
		want := map[string]int{}
		for i := range n {
			want[fmt.Sprint("k", i%by)] += i
		}
		for _, p := range sums {
			if want[p.Key] != p.Value {
				return fmt.Errorf("%s is %d, want %d", p.Key, p.Value, want[p.Key])
			}
			delete(want, p.Key)
		}
		if len(want) > 0 {
			return fmt.Errorf("%d keys are missing", len(want))
		}
		return nil
	})
}
