package codec_test

import (
	"bytes"
	"cmp"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/weft-data/weft/internal/codec"
)

type point struct{ X, Y float64 }

type tree struct {
	Name        string
	Left, Right *tree
}

type everything struct {
	Flag   bool
	Small  int8
	Big    uint64
	Name   string
	Raw    []byte
	Points []point
	Fixed  [3]int16
	When   time.Time
	Next   *point
	Z      complex128
	hidden int
}

func roundTrip[T any](t interface{ Fatalf(string, ...any) }, v T) T {
	b, err := codec.Marshal(v)
	if err != nil {
		t.Fatalf("marshal %T: %v", v, err)
	}
	got, err := codec.Unmarshal[T](b)
	if err != nil {
		t.Fatalf("unmarshal %T from %x: %v", v, b, err)
	}
	return got
}

func TestEveryKindOfValueComesBack(t *testing.T) {
	want := everything{Flag: true, Small: -7, Big: math.MaxUint64, Name: "naïve", Raw: []byte{0, 1},
		Points: []point{{1, 2}, {math.Inf(1), -0.5}}, Fixed: [3]int16{-1, 0, 1},
		When: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Next: &point{3, 4}, Z: complex(1, -1),
		hidden: 9}
	got := roundTrip(t, want)
	if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(everything{})); diff != "" {
		t.Error(diff)
	}
	deep := tree{"root", &tree{Name: "left"}, &tree{"right", nil, &tree{Name: "leaf"}}}
	if diff := gocmp.Diff(deep, roundTrip(t, deep)); diff != "" {
		t.Error(diff)
	}
	table := map[string][]int{"a": {1, 2}, "b": nil, "": {}}
	if diff := gocmp.Diff(table, roundTrip(t, table)); diff != "" {
		t.Error(diff)
	}
}

func TestTypesWithoutACodecSayWhichPartAndWhatToDo(t *testing.T) {
	type order struct{ Done chan int }
	_, err := codec.Of[order]()
	if err == nil || !strings.Contains(err.Error(), "order.Done: a chan value cannot travel") {
		t.Errorf("got %v", err)
	}
	if _, err := codec.KeyOf[[]int](); err == nil ||
		!strings.Contains(err.Error(), "cannot be (part of) a key") {
		t.Errorf("got %v", err)
	}
	c, err := codec.Of[struct{ M map[string]int }]()
	if err != nil || !strings.Contains(c.Slow(), "(a map)") {
		t.Errorf("slow part %q, %v", c.Slow(), err)
	}
}

type compound struct {
	A string
	N int32
	B string
}

func TestKeysAreOrderedAsTheirValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkOrder(t, rapid.Int64().Draw(t, "i"), rapid.Int64().Draw(t, "j"))
		checkOrder(t, rapid.Uint16().Draw(t, "u"), rapid.Uint16().Draw(t, "v"))
		checkOrder(t, rapid.Float64().Draw(t, "f"), rapid.Float64().Draw(t, "g"))
		checkOrder(t, rapid.Float32().Draw(t, "f32"), rapid.Float32().Draw(t, "g32"))
		checkOrder(t, rapid.String().Draw(t, "s"), rapid.String().Draw(t, "t"))
		text := rapid.StringOf(rapid.SampledFrom([]rune{0, 1, 'a', 0xFF}))
		draw := func(name string) compound {
			return compound{text.Draw(t, name+".A"), rapid.Int32Range(-2, 2).Draw(t, name+".N"),
				text.Draw(t, name+".B")}
		}
		a, b := draw("a"), draw("b")
		want := cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.N, b.N), cmp.Compare(a.B, b.B))
		if got := bytes.Compare(encodeKey(t, a), encodeKey(t, b)); got != want {
			t.Fatalf("%q and %q compare as %d, their keys as %d", a, b, want, got)
		}
	})
}

func TestFloatKeysTreatSpecialValuesAsCompareDoes(t *testing.T) {
	values := []float64{math.NaN(), math.Inf(-1), -1, math.Copysign(0, -1), 0,
		math.SmallestNonzeroFloat64, math.Inf(1)}
	for _, a := range values {
		for _, b := range values {
			checkOrder(t, a, b)
		}
	}
}

type fataler interface{ Fatalf(string, ...any) }

func checkOrder[K cmp.Ordered](t fataler, a, b K) {
	if got, want := bytes.Compare(encodeKey(t, a), encodeKey(t, b)), cmp.Compare(a, b); got != want {
		t.Fatalf("%v and %v compare as %d, their keys as %d", a, b, want, got)
	}
}

// encodeKey encodes k, having checked that it decodes to a key of the same bytes.
func encodeKey[K any](t fataler, k K) []byte {
	key, err := codec.KeyOf[K]()
	if err != nil {
		t.Fatalf("key of %T: %v", k, err)
	}
	b := bytes.Clone(codec.NewKeyBuffer(key).Of(k))
	again, err := codec.NewKeyBuffer(key).Decode(b)
	if err != nil || !bytes.Equal(codec.NewKeyBuffer(key).Of(again), b) {
		t.Fatalf("key %v became %v: %v", k, again, err)
	}
	return b
}

func TestBuffersAllocateNothingPerRecord(t *testing.T) {
	c, _ := codec.Of[int64]()
	k, _ := codec.KeyOf[string]()
	values, keys := codec.NewBuffer(c), codec.NewKeyBuffer(k)
	words := []string{"the", "quick", "brown"}
	values.Of(math.MaxInt64)
	if n := testing.AllocsPerRun(100, func() {
		for i, w := range words {
			b := values.Of(int64(i))
			if _, err := values.Decode(b); err != nil {
				t.Fatal(err)
			}
			keys.Of(w)
		}
	}); n != 0 {
		t.Errorf("%v allocations for %d records", n, len(words))
	}
}

func FuzzDecode(f *testing.F) {
	seed, err := codec.Marshal(everything{Name: "x", Points: []point{{1, 2}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte{1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := codec.Unmarshal[everything](b)
		if err != nil {
			return
		}
		again, err := codec.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		back, err := codec.Unmarshal[everything](again)
		if err != nil {
			t.Fatalf("%x decodes, its re-encoding %x does not: %v", b, again, err)
		}
		if twice, _ := codec.Marshal(back); !bytes.Equal(again, twice) {
			t.Fatalf("%x and %x", again, twice)
		}
		_, _ = codec.Unmarshal[map[string][]tree](b)
	})
}

func TestTypeNamesCarryImportPaths(t *testing.T) {
	const name = "github.com/weft-data/weft/internal/codec_test.point"
	if got := codec.TypeName(reflect.TypeFor[point]()); got != name {
		t.Error(got)
	}
	if got := codec.TypeName(reflect.TypeFor[[]string]()); got != "[]string" {
		t.Error(got)
	}
}
