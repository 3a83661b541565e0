package conf

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnknownKey is wrapped by the error of a key nobody declared.
var ErrUnknownKey = errors.New("unknown key")

// renamed are the Spark keys whose weft name has another tail.
var renamed = map[string]string{
	"spark.num.executors":                        "weft.executor.instances",
	"spark.yarn.executor.memoryOverhead":         "weft.executor.memoryOverhead",
	"spark.yarn.executor.nodeLabelExpression":    "weft.yarn.executor.nodeLabelExpression",
	"spark.storage.memoryStorageFraction":        "weft.storage.memoryFraction",
	"spark.memory.storageFraction":               "weft.storage.memoryFraction",
	"spark.memory.fraction":                      "weft.shuffle.spill.memoryFraction",
	"spark.sql.files.maxPartitionBytes":          "weft.files.maxPartitionBytes",
	"spark.submit.queue":                         "weft.yarn.queue",
	"spark.executor.memoryOverheadFactor":        "weft.executor.memoryOverheadFactor",
	"spark.kubernetes.executor.memoryOverhead":   "weft.executor.memoryOverhead",
	"spark.io.compression.codec":                 "weft.shuffle.compress",
	"spark.yarn.scheduler.reporterThread.period": "weft.yarn.report.interval",
}

// unknownKey says what the user may have meant.
func unknownKey(key string) error {
	if strings.HasPrefix(key, "spark.") {
		return sparkKey(key)
	}
	if !strings.HasPrefix(key, "weft.") {
		return fmt.Errorf("%w %s: weft's keys begin with weft., and Hadoop's are given as %s%s",
			ErrUnknownKey, key, hadoopPrefix, key)
	}
	if near := nearest(key); near != "" {
		return fmt.Errorf("%w %s: did you mean %s?", ErrUnknownKey, key, near)
	}
	return fmt.Errorf("%w %s: docs/configuration.md lists the keys", ErrUnknownKey, key)
}

// sparkKey names the weft key that does what a Spark key does.
func sparkKey(key string) error {
	tail := strings.TrimPrefix(key, "spark.")
	if name, ok := strings.CutPrefix(tail, "hadoop."); ok {
		return fmt.Errorf("%w %s: it is Spark's; use %s%s", ErrUnknownKey, key, hadoopPrefix, name)
	}
	weft := renamed[key]
	if _, _, _, ok := resourceKey("weft." + tail); ok {
		weft = "weft." + tail
	}
	if registry.byName["weft."+tail] != nil {
		weft = "weft." + tail
	}
	if weft != "" {
		return fmt.Errorf("%w %s: it is Spark's; use %s", ErrUnknownKey, key, weft)
	}
	return fmt.Errorf("%w %s: it is Spark's, and weft has no such key", ErrUnknownKey, key)
}

// nearest is the declared key closest to the given one, or empty when none is close: more than a
// third of the letters would have to change.
func nearest(key string) string {
	best, least := "", len(key)/3+1
	for _, k := range registry.keys {
		if d := distance(strings.ToLower(key), strings.ToLower(k.Name), least); d < least {
			best, least = k.Name, d
		}
	}
	return best
}

// distance is the number of letters to insert, drop or replace to make b of a; it gives up at
// limit, so that a very long key costs nothing.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j+1]+1, row[j]+1, replace)
		}
	}
	return row[len(b)]
}
