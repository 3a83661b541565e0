package console

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Timing is where the time of one application went. Fields that are zero are not printed.
type Timing struct {
	Marks  []Mark      // moments on the way, in order
	Stages []StageTime // in the order they started
	Spent  []Share     // what executors did; largest first when printed
	Slots  int         // that all executors had together; with Spent, tells how much was idle

	Tasks          int   // attempts that succeeded
	Failed         int   // attempts that did not
	Records        int64 // read from sources
	BytesRead      int64 // from sources
	BytesWritten   int64 // to sinks
	ShuffleWritten int64
	ShuffleRead    int64 // of these, from other hosts: ShuffleRemote
	ShuffleRemote  int64
	Spilled        int64
	ResultBytes    int64         // that came to the driver
	SlotTime       time.Duration // slots' time that was paid for; default: Slots times the last mark
}

// Mark is a moment: submit accepted, AM registered, first executor, first task result, end.
type Mark struct {
	Name string
	At   time.Duration // since the submission began
}

// StageTime is when a stage ran and how much its tasks took together.
type StageTime struct {
	ID         int
	Name       string
	Tasks      int
	Start, End time.Duration // since the submission began
	TaskTime   time.Duration // of all its tasks
}

// Share is what tasks did for some of their time: reading input, user code, shuffle write.
type Share struct {
	Name string
	Time time.Duration
}

// WriteTo prints the report.
func (t Timing) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, t.String())
	return int64(n), err
}

// String is the report as lines.
func (t Timing) String() string {
	var b strings.Builder
	b.WriteString("Timing\n")
	t.writeMarks(&b)
	t.writeStages(&b)
	t.writeAmounts(&b)
	t.writeShares(&b)
	return b.String()
}

// writeMarks prints each moment and what passed since the one before.
func (t Timing) writeMarks(b *strings.Builder) {
	table := Table{Right: []bool{false, true, true}}
	before := time.Duration(0)
	for i, m := range t.Marks {
		step := ""
		if i > 0 {
			step = "+" + Duration(m.At-before)
		}
		before = m.At
		table.Add("  "+m.Name, Duration(m.At), step)
	}
	b.WriteString(table.String())
}

func (t Timing) writeStages(b *strings.Builder) {
	if len(t.Stages) == 0 {
		return
	}
	table := Table{
		Head:  []string{"  stage", "tasks", "from", "took", "task time", "per task"},
		Right: []bool{false, true, true, true, true, true},
	}
	for _, s := range t.Stages {
		per := s.TaskTime / time.Duration(max(s.Tasks, 1))
		table.Add(fmt.Sprintf("  %d %s", s.ID, s.Name), fmt.Sprint(s.Tasks), Duration(s.Start),
			Duration(s.End-s.Start), Duration(s.TaskTime), Duration(per))
	}
	b.WriteString(table.String())
}

// writeAmounts prints one line of counts and bytes.
func (t Timing) writeAmounts(b *strings.Builder) {
	var parts []string
	if t.Tasks > 0 || len(t.Marks) == 0 {
		parts = append(parts, fmt.Sprintf("tasks %d", t.Tasks))
	}
	if t.Failed > 0 {
		parts = append(parts, fmt.Sprintf("failed attempts %d", t.Failed))
	}
	if t.Records > 0 {
		parts = append(parts, fmt.Sprintf("records %d", t.Records))
	}
	for _, amount := range []struct {
		name  string
		bytes int64
	}{
		{"read", t.BytesRead}, {"written", t.BytesWritten}, {"shuffle written", t.ShuffleWritten},
		{"shuffle read", t.ShuffleRead}, {"of it remote", t.ShuffleRemote},
		{"spilled", t.Spilled}, {"results", t.ResultBytes},
	} {
		if amount.bytes > 0 {
			parts = append(parts, amount.name+" "+Bytes(amount.bytes))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "  %s\n", strings.Join(parts, " · "))
	}
	if rate := t.rate(); rate != "" {
		fmt.Fprintf(b, "  %s\n", rate)
	}
}

// rate is how fast input was read, alone and per slot.
func (t Timing) rate() string {
	if t.BytesRead == 0 || len(t.Stages) == 0 {
		return ""
	}
	last := slices.MaxFunc(t.Stages, func(a, b StageTime) int { return int(a.End - b.End) })
	took := (last.End - t.Stages[0].Start).Seconds()
	if took <= 0 {
		return ""
	}
	perSecond := float64(t.BytesRead) / took
	out := fmt.Sprintf("%s/s over all stages", Bytes(int64(perSecond)))
	if t.Slots > 1 {
		out += fmt.Sprintf(", %s/s per slot", Bytes(int64(perSecond/float64(t.Slots))))
	}
	return out
}

// writeShares prints where the executors' time went, as parts of what was paid for.
func (t Timing) writeShares(b *strings.Builder) {
	if len(t.Spent) == 0 {
		return
	}
	shares := slices.Clone(t.Spent)
	slices.SortStableFunc(shares, func(a, b Share) int { return int(b.Time - a.Time) })
	var sum time.Duration
	for _, s := range shares {
		sum += s.Time
	}
	paid := max(t.paid(), sum)
	if idle := paid - sum; idle > 0 {
		shares = append(shares, Share{"idle", idle})
	}
	parts := make([]string, len(shares))
	for i, s := range shares {
		parts[i] = fmt.Sprintf("%s %s (%.0f%%)", s.Name, Duration(s.Time),
			100*s.Time.Seconds()/max(paid.Seconds(), 1e-9))
	}
	fmt.Fprintf(b, "  where the time went: %s\n", strings.Join(parts, " · "))
}

// paid is the slots' time from the first executor on, as far as it is known.
func (t Timing) paid() time.Duration {
	if t.SlotTime > 0 || len(t.Marks) == 0 {
		return t.SlotTime
	}
	return time.Duration(t.Slots) * t.Marks[len(t.Marks)-1].At
}
