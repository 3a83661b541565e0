package jobs

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// succeed submits an application and waits until it has ended well.
func (u *user) succeed(args []string) *running {
	u.Helper()
	r := u.start("weft", args...)
	if code := r.code(); code != 0 {
		u.Fatalf("exit code %d\n%s", code, &r.stderr)
	}
	return r
}

// equal compares lines, which are many.
func (u *user) equal(got, want []string) {
	u.Helper()
	if len(got) != len(want) {
		u.Errorf("%d lines, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			u.Fatalf("line %d: %q, want %q", i, got[i], want[i])
		}
	}
}

// TestWordCountEqualsAwk counts more than 500 MB in both deploy modes.
func TestWordCountEqualsAwk(t *testing.T) {
	u := newUser(t)
	remote, local := u.bigText()
	want := counted(t, local)
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			u, name := newUser(t), unique(t)
			out := u.scratch() + "/out"
			r := u.succeed(submission(name, mode, "--timing", program("wordcount"), remote, out, "3"))
			t.Logf("%s", &r.stderr)
			got := lines(u.parts(out))
			slices.Sort(got)
			u.equal(got, want)
			u.noneLeft(name)
		})
	}
}

// TestWordCountEqualsUniq holds a smaller count against sort and uniq, on processes of this machine.
func TestWordCountEqualsUniq(t *testing.T) {
	u := newUser(t)
	path := u.TempDir() + "/text"
	if err := writeText(path, 7, 4<<20); err != nil {
		t.Fatal(err)
	}
	want := pipe(t, "", []string{"cat", path}, []string{"tr", "-s", "[:space:]", `\n`}, []string{"sort"},
		[]string{"uniq", "-c"}, []string{"awk", `{ print $2 "\t" $1 }`})
	out := "file://" + u.TempDir() + "/out"
	u.succeed([]string{"submit", "--master", "process[2]", program("wordcount"), path, out})
	got := lines(u.parts(out))
	slices.Sort(got)
	u.equal(got, want)
}

// TestWordCountOnAPlugin counts on executors that a cluster plugin starts, found on PATH.
func TestWordCountOnAPlugin(t *testing.T) {
	u := newUser(t).as("PATH=" + filepath.Dir(program("wordcount")) +
		string(os.PathListSeparator) + os.Getenv("PATH"))
	path := u.file("text", "to be or not to be\n")
	out := "file://" + u.TempDir() + "/out"
	u.succeed([]string{"submit", "--master", "plugin:processes", program("wordcount"), path, out})
	got := lines(u.parts(out))
	slices.Sort(got)
	u.equal(got, []string{"be\t2", "not\t1", "or\t1", "to\t2"})
}

// TestSortEqualsSort sorts 500,000 lines; the parts follow one another.
func TestSortEqualsSort(t *testing.T) {
	u := newUser(t)
	random := rand.New(rand.NewPCG(seed, 1))
	var text strings.Builder
	for range 500_000 {
		fmt.Fprintf(&text, "%x %d\n", random.Uint32()>>(random.IntN(28)), random.IntN(10))
	}
	want := pipe(t, text.String(), []string{"sort"})
	dir := u.scratch()
	u.weft("fs", "put", u.file("lines", text.String()), dir+"/in")
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			u, out := newUser(t), dir+"/out-"+mode
			u.succeed(submission(unique(t), mode, "--conf", "weft.files.maxPartitionBytes=1m",
				program("sort"), dir+"/in", out, "5"))
			u.equal(lines(u.parts(out)), want)
			if n := len(lines(u.weft("fs", "ls", out+"/part-*"))); n != 5 {
				t.Errorf("%d parts", n)
			}
		})
	}
}

// TestJoinEqualsPlainGo joins customers with what they ordered.
func TestJoinEqualsPlainGo(t *testing.T) {
	u := newUser(t)
	const customers, orders = 5_000, 100_000
	random := rand.New(rand.NewPCG(seed, 2))
	var people, spent strings.Builder
	count, cents := make([]int, customers), make([]int, customers)
	for i := range orders {
		who, amount := random.IntN(customers*2/3)+i%2, random.IntN(100_000)
		fmt.Fprintf(&spent, "c%d,%d\n", who, amount)
		count[who]++
		cents[who] += amount
	}
	var want []string
	for i := range customers {
		fmt.Fprintf(&people, "c%d,name %06d\n", i, customers-i)
		want = append(want, fmt.Sprintf("name %06d\t%d\t%d", customers-i, count[i], cents[i]))
	}
	slices.Sort(want)
	dir := u.scratch()
	u.weft("fs", "put", u.file("people", people.String()), dir+"/people")
	u.weft("fs", "put", u.file("spent", spent.String()), dir+"/spent")
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			u, out := newUser(t), dir+"/out-"+mode
			u.succeed(submission(unique(t), mode, "--conf", "weft.default.parallelism="+strconv.Itoa(4),
				"--conf", "weft.files.maxPartitionBytes=512k", program("join"), dir+"/people", dir+"/spent", out))
			u.equal(lines(u.parts(out)), want)
		})
	}
}
