// Package held is what the programs have in common that a test holds up in the middle.
package held

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/weft-data/weft"
)

const share = 1000 // numbers in a partition

// A Number has its last digit for a key.
type Number = weft.Pair[int64, int64]

// Sum sums the numbers of each digit.
var Sum = weft.ReduceByKey[int64](func(a, b int64) int64 { return a + b })

// Arguments reads DIR PARTITIONS OUT.
func Arguments(program string, args []string) (dir string, partitions int, out string, err error) {
	if len(args) != 3 {
		return "", 0, "", weft.Usage("%s DIR PARTITIONS OUT", program)
	}
	if partitions, err = strconv.Atoi(args[1]); err != nil {
		return "", 0, "", weft.Usage("%s DIR PARTITIONS OUT; PARTITIONS is %q", program, args[1])
	}
	return args[0], partitions, args[2], nil
}

// Shares are the first numbers of the partitions.
func Shares(partitions int) []int64 {
	firsts := make([]int64, partitions)
	for i := range firsts {
		firsts[i] = int64(i) * share
	}
	return firsts
}

// Emit gives the numbers of the partition that begins with first.
func Emit(first int64, emit func(Number)) {
	for n := first; n < first+share; n++ {
		emit(weft.KV(n%10, n))
	}
}

// Mark leaves a file DIR/map-PARTITION-ATTEMPT-HOST with the id of this process.
func Mark(t *weft.Task, dir string) error {
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("map-%d-%d-%s", t.Partition(), t.Attempt(), host)
	return os.WriteFile(filepath.Join(dir, name), []byte(strconv.Itoa(os.Getpid())), 0o666)
}

// Pass waits until a named pipe has a writer.
func Pass(pipe string) error {
	f, err := os.Open(pipe)
	if err != nil {
		return err
	}
	return f.Close()
}
