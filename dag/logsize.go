package dag

import "math"

// LogSize is a number of bytes in one byte, at most 10 % too large (Spark MapStatus): 0 is
// nothing, and b stands for 1.1 to the power of b, up to 35 GB.
type LogSize byte

// logBase is how much larger the next LogSize is.
const logBase = 1.1

// MakeLogSize rounds a size up.
func MakeLogSize(bytes int64) LogSize {
	switch {
	case bytes <= 0:
		return 0
	case bytes == 1:
		return 1
	}
	return LogSize(min(math.Ceil(math.Log(float64(bytes))/math.Log(logBase)), math.MaxUint8))
}

// Bytes is the size that a LogSize stands for.
func (s LogSize) Bytes() int64 { return logSizes[s] }

var logSizes = func() (table [math.MaxUint8 + 1]int64) {
	for i := 1; i < len(table); i++ {
		table[i] = int64(math.Pow(logBase, float64(i)))
	}
	return table
}()
