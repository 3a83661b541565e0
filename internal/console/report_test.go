package console

import (
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/internal/golden"
)

func TestTimingReport(t *testing.T) {
	var b strings.Builder
	_, err := Timing{
		Marks: []Mark{
			{"submit accepted", 180 * time.Millisecond}, {"AM registered", 420 * time.Millisecond},
			{"first executor", 910 * time.Millisecond}, {"first task result", 1200 * time.Millisecond},
			{"end", 14 * time.Second},
		},
		Stages: []StageTime{
			{ID: 0, Name: "reduceByKey at wordcount.go:21", Tasks: 40, Start: 950 * time.Millisecond,
				End: 12 * time.Second, TaskTime: 22 * time.Second},
			{ID: 1, Name: "saveAsText at wordcount.go:22", Tasks: 2, Start: 12 * time.Second,
				End: 13900 * time.Millisecond, TaskTime: 3 * time.Second},
		},
		Spent: []Share{{"shuffle write", 4 * time.Second}, {"user code", 15 * time.Second},
			{"reading", 6 * time.Second}},
		Slots: 2, Tasks: 42, Failed: 1, Records: 12_000_000, BytesRead: 512 << 20,
		BytesWritten: 3 << 20, ShuffleWritten: 24 << 20, ShuffleRead: 24 << 20,
		ShuffleRemote: 12 << 20,
	}.WriteTo(&b)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "timing.txt", b.String())
}

func TestTimingReportOfAnEmptyJob(t *testing.T) {
	var b strings.Builder
	if _, err := (Timing{}).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	if b.String() != "Timing\n  tasks 0\n" {
		t.Errorf("got %q", b.String())
	}
}

func TestTable(t *testing.T) {
	table := Table{Head: []string{"NAME", "TASKS", "STATE"}, Right: []bool{false, true}}
	table.Add("wörd", "7", "RUNNING")
	table.Add("a\x1b[31mb\nc", "1234567", "")
	var b strings.Builder
	if _, err := table.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "table.txt", b.String())
}

func TestUnits(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB",
		1536 << 10: "1.5 MiB", 1<<20 - 1: "1.0 MiB", 1 << 62: "4.0 EiB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d bytes print %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "0.00 ms", 350 * time.Microsecond: "0.35 ms",
		12 * time.Millisecond: "12 ms", 1250 * time.Millisecond: "1.25 s",
		192 * time.Second: "3m12s", 125 * time.Minute: "2h05m", -time.Second: "-1.00 s"} {
		if got := Duration(d); got != want {
			t.Errorf("%d ns print %q, want %q", d, got, want)
		}
	}
}
