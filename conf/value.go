package conf

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes.
type Size int64

// The units of a Size; as in Spark and Hadoop they are powers of 1024.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
	TiB Size = 1 << 40
	PiB Size = 1 << 50
)

var errOverflow = errors.New("value is too large")

// sizeUnits are the endings of a size, longest first so that "mb" is not taken for "b".
var sizeUnits = []struct {
	ending string
	unit   Size
}{
	{"kb", KiB}, {"mb", MiB}, {"gb", GiB}, {"tb", TiB}, {"pb", PiB},
	{"k", KiB}, {"m", MiB}, {"g", GiB}, {"t", TiB}, {"p", PiB}, {"b", 1},
}

// ParseSize reads "512m", "4g", "100b"; a bare number counts in the given unit.
func ParseSize(s string, bare Size) (Size, error) {
	digits, unit := strings.ToLower(strings.TrimSpace(s)), bare
	for _, u := range sizeUnits {
		if d, ok := strings.CutSuffix(digits, u.ending); ok {
			digits, unit = d, u.unit
			break
		}
	}
	n, err := parseCount(digits)
	if errors.Is(err, errOverflow) || (err == nil && n > math.MaxInt64/int64(unit)) {
		return 0, fmt.Errorf("size %q: %w", s, errOverflow)
	}
	if err != nil {
		return 0, fmt.Errorf("size %q: want a number with b, k, m, g, t or p, such as 512m", s)
	}
	return Size(n) * unit, nil
}

// String prints the size in the largest unit that divides it, as ParseSize reads it.
func (s Size) String() string {
	if s == 0 {
		return "0b"
	}
	for _, u := range []struct {
		ending string
		unit   Size
	}{{"p", PiB}, {"t", TiB}, {"g", GiB}, {"m", MiB}, {"k", KiB}} {
		if s%u.unit == 0 {
			return strconv.FormatInt(int64(s/u.unit), 10) + u.ending
		}
	}
	return strconv.FormatInt(int64(s), 10) + "b"
}

// durationUnits are the endings of a duration, longer ones before those they end in.
var durationUnits = []struct {
	ending string
	unit   time.Duration
}{
	{"ns", time.Nanosecond}, {"us", time.Microsecond}, {"ms", time.Millisecond},
	{"min", time.Minute}, {"s", time.Second}, {"m", time.Minute}, {"h", time.Hour},
	{"d", 24 * time.Hour},
}

// ParseDuration reads "3s", "100ms", "2min"; a bare number counts in the given unit.
func ParseDuration(s string, bare time.Duration) (time.Duration, error) {
	digits, unit := strings.ToLower(strings.TrimSpace(s)), bare
	for _, u := range durationUnits {
		if d, ok := strings.CutSuffix(digits, u.ending); ok {
			digits, unit = d, u.unit
			break
		}
	}
	n, err := parseCount(digits)
	if errors.Is(err, errOverflow) || (err == nil && n > math.MaxInt64/int64(unit)) {
		return 0, fmt.Errorf("time %q: %w", s, errOverflow)
	}
	if err != nil {
		return 0, fmt.Errorf("time %q: want a number with us, ms, s, m, h or d, such as 30s", s)
	}
	return time.Duration(n) * unit, nil
}

// parseCount reads a number that is not negative.
func parseCount(digits string) (int64, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 63)
	if errors.Is(err, strconv.ErrRange) {
		return 0, errOverflow
	}
	return int64(n), err
}

// parseFraction reads a number between 0 and 1, or "10%".
func parseFraction(s string) (float64, error) {
	digits, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	f, err := strconv.ParseFloat(digits, 64)
	if percent {
		f /= 100
	}
	if err != nil || !(f >= 0 && f <= 1) {
		return 0, fmt.Errorf("fraction %q: want a number from 0 to 1", s)
	}
	return f, nil
}

// parseBool reads true and false, and nothing that only looks like them.
func parseBool(s string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("switch %q: want true or false", s)
}

// splitList cuts at commas and trims; empty members vanish, as in Hadoop's getTrimmedStrings.
func splitList(s string) []string {
	var out []string
	for member := range strings.SplitSeq(s, ",") {
		if member = strings.TrimSpace(member); member != "" {
			out = append(out, member)
		}
	}
	return out
}
