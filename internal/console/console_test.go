package console

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sink is a terminal that remembers everything it was sent.
type sink struct {
	mu   sync.Mutex
	sent strings.Builder
}

func (s *sink) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent.Write(b)
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent.String()
}

// pass lets time go by, inside a synctest bubble: no real time passes.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// screen is what a terminal of one line shows after the bytes: "\r" goes back to its begin.
func screen(sent string) string {
	shown := []byte{}
	at := 0
	for _, c := range []byte(sent) {
		switch {
		case c == '\r':
			at = 0
		case c == '\n':
			shown, at = shown[:0], 0
		case at < len(shown):
			shown[at] = c
			at++
		default:
			shown = append(shown, c)
			at++
		}
	}
	return strings.TrimRight(string(shown), " ")
}

func TestLineLooksLikeSparks(t *testing.T) {
	for _, c := range []struct {
		name   string
		stages []Stage
		width  int
		want   string
	}{
		{"one", []Stage{{ID: 3, Done: 12, Running: 4, Total: 40}}, 44,
			"[Stage 3:======>              (12 + 4) / 40]"},
		{"done", []Stage{{ID: 0, Done: 2, Total: 2}}, 30, "[Stage 0:=========(2 + 0) / 2]"},
		{"not begun", []Stage{{ID: 7, Total: 5}}, 30, "[Stage 7:>        (0 + 0) / 5]"},
		{"no tasks", []Stage{{ID: 1}}, 28, "[Stage 1:>      (0 + 0) / 0]"},
		{"none", nil, 80, ""},
		{"narrow", []Stage{{ID: 1, Done: 1, Total: 2}}, 12, "[Stage 1:(1 "},
		{"two", []Stage{{ID: 1, Done: 1, Running: 1, Total: 2}, {ID: 2, Total: 1}}, 50,
			"[Stage 1:==> (1 + 1) / 2][Stage 2:>   (0 + 0) / 1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := line(c.stages, c.width)
			if len(got) > c.width {
				t.Errorf("%d columns, want at most %d", len(got), c.width)
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	four := []Stage{{ID: 1, Total: 1}, {ID: 2, Total: 1}, {ID: 3, Total: 1}, {ID: 4, Total: 1}}
	if got := line(four, 120); strings.Contains(got, "Stage 4") {
		t.Errorf("%q shows more than three stages", got)
	}
}

func TestProgressLineComesLateAndLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out sink
		c := New(Options{Out: &out, Width: func() int { return 60 }})
		stop := c.Show(func() []Stage { return []Stage{{ID: 3, Done: 12, Running: 4, Total: 40}} })
		pass(499 * time.Millisecond)
		if out.String() != "" {
			t.Errorf("wrote %q before half a second", out.String())
		}
		pass(2 * time.Millisecond)
		if got := screen(out.String()); !strings.HasPrefix(got, "[Stage 3:===") {
			t.Errorf("shows %q", got)
		}
		stop()
		stop() // twice is harmless
		if got := screen(out.String()); got != "" {
			t.Errorf("leaves %q", got)
		}
	})
}

func TestLogLinesStandAboveTheProgressLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out sink
		c := New(Options{Out: &out, Width: func() int { return 60 }})
		stop := c.Show(func() []Stage { return []Stage{{ID: 1, Total: 4}} })
		pass(time.Second)
		before := screen(out.String())
		if _, err := c.Write([]byte("executor e1 lost\n")); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(out.String(), "\n")
		if got := screen(lines[0]); got != "executor e1 lost" {
			t.Errorf("log line reads %q", got)
		}
		if got := screen(lines[1]); got != before {
			t.Errorf("below it stands %q, want %q", got, before)
		}
		stop()
	})
}

func TestWithoutATerminalPlainLinesOnlyForWhatMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out sink
		done := 0
		c := New(Options{Out: &out, Width: func() int { return 0 }})
		stop := c.Show(func() []Stage {
			done = min(done+1, 2)
			return []Stage{{ID: 1, Name: "count at a.go:3", Done: done, Running: 1, Total: 4}}
		})
		pass(time.Minute)
		stop()
		want := "stage 1 (count at a.go:3): 1 of 4 tasks done, 1 running\n" +
			"stage 1 (count at a.go:3): 2 of 4 tasks done, 1 running\n"
		if out.String() != want {
			t.Errorf("wrote\n%swant\n%s", out.String(), want)
		}
	})
}

func TestOffWritesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out sink
		stop := New(Options{Out: &out, Mode: Off}).Show(func() []Stage { return []Stage{{ID: 1}} })
		pass(time.Hour)
		stop()
		if out.String() != "" {
			t.Errorf("wrote %q", out.String())
		}
	})
}

func TestParseMode(t *testing.T) {
	for in, want := range map[string]Mode{"": Auto, "auto": Auto, "plain": Plain, "off": Off} {
		if got, err := ParseMode(in); err != nil || got != want {
			t.Errorf("%q is %q, %v", in, got, err)
		}
	}
	_, err := ParseMode("loud")
	if err == nil || err.Error() != `progress "loud": want auto, plain or off` {
		t.Errorf("error %v", err)
	}
}

func TestWidthOfWhatIsNoTerminal(t *testing.T) {
	if w := Width(&bytes.Buffer{}); w != 0 {
		t.Errorf("a buffer has %d columns", w)
	}
}
