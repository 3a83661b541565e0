package pool

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		row, first, second string
	}{
		{"S70 fewer running first", "b 1 0 1", "a 1 0 2"},
		{"S78 equal ones by name", "a 1 0 3", "b 1 0 3"},
		{"S82 weight 2 with twice as many is equal, then by name", "a 2 0 6", "b 1 0 3"},
		{"S82 weight 2 has its turn until it has twice as many", "b 2 0 5", "a 1 0 3"},
		{"S83 weight 1000 goes first", "b 1000 0 999", "a 1 0 1"},
		{"S84 needy before any weight", "b 1 2 1", "a 1000 0 0"},
		{"S84 of two needy the one farther below", "b 1 10 1", "a 1 2 1"},
		{"S84 a met minimum is as none", "a 1 0 3", "b 1 4 4"},
		{"S85 above the minimum only the weight counts", "a 1 0 4", "b 1 4 5"},
	} {
		first, second := claim(t, c.first), claim(t, c.second)
		if Compare(&first, &second) >= 0 || Compare(&second, &first) <= 0 {
			t.Errorf("%s: %s does not go before %s", c.row, c.first, c.second)
		}
	}
}

// claim reads "name weight minShare running".
func claim(t *testing.T, s string) (c Claim) {
	t.Helper()
	if _, err := fmt.Sscan(s, &c.Name, &c.Weight, &c.MinShare, &c.Running); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestOracle sorts 100,000 random sets of claims by Compare and by the reference's formula as
// it is written there, in floating point and one rule after the other.
func TestOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))
		for range 1000 {
			claims := randomClaims(random)
			want := slowOrder(claims)
			got := slices.Clone(claims)
			slices.SortFunc(got, func(a, b Claim) int { return Compare(&a, &b) })
			if !slices.Equal(got, want) {
				t.Fatalf("claims %+v\nsorted %+v\n  want %+v", claims, got, want)
			}
		}
	})
}

func randomClaims(r *rand.Rand) []Claim {
	claims := make([]Claim, 1+r.Intn(6))
	for i := range claims {
		claims[i] = Claim{
			Name: string(rune('a' + i)), Weight: 1 + r.Intn(4), Running: r.Intn(12),
		}
		if r.Intn(2) == 0 {
			claims[i].MinShare = r.Intn(12)
		}
		if r.Intn(10) == 0 {
			claims[i].Weight, claims[i].Running = 1+r.Intn(Limit), r.Intn(1_000_000)
		}
	}
	r.Shuffle(len(claims), func(i, j int) { claims[i], claims[j] = claims[j], claims[i] })
	return claims
}

// slowOrder takes the best of the rest until nothing is left.
func slowOrder(claims []Claim) []Claim {
	rest := slices.Clone(claims)
	var order []Claim
	for len(rest) > 0 {
		best := 0
		for i := range rest {
			if i != best && slowBefore(rest[i], rest[best]) {
				best = i
			}
		}
		order = append(order, rest[best])
		rest = slices.Delete(rest, best, best+1)
	}
	return order
}

func slowBefore(a, b Claim) bool {
	needyA, needyB := a.Running < a.MinShare, b.Running < b.MinShare
	if needyA && !needyB {
		return true
	}
	if !needyA && needyB {
		return false
	}
	ratioA := float64(a.Running) / float64(a.Weight)
	ratioB := float64(b.Running) / float64(b.Weight)
	if needyA && needyB {
		ratioA = float64(a.Running) / max(float64(a.MinShare), 1)
		ratioB = float64(b.Running) / max(float64(b.MinShare), 1)
	}
	if ratioA < ratioB {
		return true
	}
	if ratioA > ratioB {
		return false
	}
	return a.Name < b.Name
}

func TestFull(t *testing.T) {
	for _, c := range []struct {
		ceiling, running int
		want             bool
	}{{0, 1000, false}, {4, 3, false}, {4, 4, true}, {4, 5, true}} {
		s := Spec{Name: "a", Weight: 1, MaxShare: c.ceiling}
		if got := s.Full(c.running); got != c.want {
			t.Errorf("%d of %d: full %v, want %v", c.running, c.ceiling, got, c.want)
		}
	}
}

func TestParseMode(t *testing.T) {
	for _, c := range []struct {
		text string
		want Mode
		bad  bool
	}{
		{text: "FAIR", want: Fair}, {text: " fair\n", want: Fair}, {text: "Fifo", want: FIFO},
		{text: "NONE", bad: true}, {text: "", bad: true}, {text: "FAIRLY", bad: true},
	} {
		got, err := ParseMode(c.text)
		if got != c.want || (err != nil) != c.bad {
			t.Errorf("%q: %s, %v; want %s, error %v", c.text, got, err, c.want, c.bad)
		}
	}
}

func TestValidate(t *testing.T) {
	good := Spec{Name: "prod", Weight: 1}
	for _, c := range []struct {
		change func(*Spec)
		want   string // in the message; "" is no error
	}{
		{func(*Spec) {}, ""},
		{func(s *Spec) { s.Name = "" }, "no name"},
		{func(s *Spec) { s.Name = strings.Repeat("x", 10<<20) }, "10485760 bytes"},
		{func(s *Spec) { s.Weight = 0 }, "weight 0"},
		{func(s *Spec) { s.Weight = 1 << 40 }, "weight 1099511627776"},
		{func(s *Spec) { s.MinShare = -1 }, "minimum share -1"},
		{func(s *Spec) { s.MaxShare = -1 }, "maximum share -1"},
		{func(s *Spec) { s.Mode = 7 }, "mode 7"},
	} {
		s := good
		c.change(&s)
		err := s.Validate()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", s, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) ||
			len(err.Error()) > 200):
			t.Errorf("error %v, want a short one with %q", err, c.want)
		}
	}
}
