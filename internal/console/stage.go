package console

import (
	"fmt"
	"strings"
)

// Stage is how far one running stage is.
type Stage struct {
	ID      int
	Name    string // for plain lines: reduceByKey at wordcount.go:21
	Done    int    // tasks that have succeeded
	Running int    // tasks that run now
	Total   int
}

// mostStages is how many stages the progress line shows at once, as Spark's does.
const mostStages = 3

// line draws stages side by side in one line of the width:
//
//	[Stage 3:=====>      (12 + 4) / 40]
func line(stages []Stage, width int) string {
	stages = stages[:min(len(stages), mostStages)]
	if len(stages) == 0 {
		return ""
	}
	var b strings.Builder
	for _, s := range stages {
		s.draw(&b, width/len(stages))
	}
	drawn := b.String()
	return drawn[:min(len(drawn), width)] // a wrapped line could not be taken away again
}

// draw adds the stage's part of the progress line.
func (s Stage) draw(b *strings.Builder, width int) {
	head := fmt.Sprintf("[Stage %d:", s.ID)
	tail := fmt.Sprintf("(%d + %d) / %d]", s.Done, s.Running, s.Total)
	b.WriteString(head)
	if room := width - len(head) - len(tail); room > 0 {
		full := min(room, room*s.Done/max(s.Total, 1))
		b.WriteString(strings.Repeat("=", full))
		if full < room {
			b.WriteString(">" + strings.Repeat(" ", room-full-1))
		}
	}
	b.WriteString(tail)
}

// String is the stage as a line of a log.
func (s Stage) String() string {
	name := ""
	if s.Name != "" {
		name = " (" + s.Name + ")"
	}
	return fmt.Sprintf("stage %d%s: %d of %d tasks done, %d running",
		s.ID, name, s.Done, s.Total, s.Running)
}
