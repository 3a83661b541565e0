package jobs

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
)

const (
	corpusFiles = 4
	corpusBytes = 130 << 20 // of each file
	vocabulary  = 50_000
	seed        = 2026
)

// corpus is text in HDFS, written once for all tests.
var corpus struct {
	sync.Mutex
	local  []string // the same files on this machine
	remote string
}

// bigText returns where more than 500 MB of text are in HDFS, and here.
func (u *user) bigText() (remote string, local []string) {
	u.Helper()
	corpus.Lock()
	defer corpus.Unlock()
	if corpus.remote == "" {
		for i := range corpusFiles {
			path := program(fmt.Sprintf("corpus-%d.txt", i))
			if err := writeText(path, uint64(i), corpusBytes); err != nil {
				u.Fatal(err)
			}
			corpus.local = append(corpus.local, path)
		}
		remote := "/tmp/" + unique(u.T) + "-corpus"
		u.weft("fs", "mkdir", remote)
		u.weft(append(append([]string{"fs", "put"}, corpus.local...), remote)...)
		corpus.remote = remote
	}
	return corpus.remote, corpus.local
}

// writeText writes lines of up to 20 words, the frequent ones as frequent as in natural text.
func writeText(path string, stream uint64, size int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(seed, stream))
	zipf, words := rand.NewZipf(random, 1.2, 8, vocabulary-1), makeWords()
	w := bufio.NewWriterSize(f, 1<<20)
	for written := 0; written < size; {
		for i := range 1 + random.IntN(20) {
			if i > 0 {
				written++
				_ = w.WriteByte(" \t"[random.IntN(16)/15])
			}
			n, _ := w.WriteString(words[zipf.Uint64()]) // Flush says if something was wrong
			written += n
		}
		written++
		_ = w.WriteByte('\n')
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// makeWords are different words of 2 to 12 letters, some of them not ASCII.
func makeWords() []string {
	random := rand.New(rand.NewPCG(seed, 1<<32))
	letters := []rune("eeeeetttaaooiinnsshhrrddlcumwfgypbvkxqjzäéß")
	words := make([]string, vocabulary)
	for i := range words {
		word := make([]rune, 1+random.IntN(8))
		for j := range word {
			word[j] = letters[random.IntN(len(letters))]
		}
		words[i] = fmt.Sprintf("%s%x", string(word), i)
	}
	return words
}

// counted is what awk counts in files: "word TAB count", sorted by bytes.
func counted(t *testing.T, files []string) []string {
	t.Helper()
	program := `{ for (i = 1; i <= NF; i++) n[$i]++ } END { for (w in n) printf "%s\t%d\n", w, n[w] }`
	return pipe(t, "", append([]string{"awk", program}, files...), []string{"sort"})
}
