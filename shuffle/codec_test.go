package shuffle

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
)

// values gives values of a nature: words that repeat as in logs, or bytes that do not.
func values(nature string, n int) [][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	words := []string{"GET", "/index.html", "HTTP/1.1", "200", "Mozilla/5.0", "2026-11-21", "user"}
	list := make([][]byte, n)
	for i := range list {
		if nature == "random" {
			list[i] = make([]byte, 88)
			for j := range list[i] {
				list[i][j] = byte(random.Uint32())
			}
			continue
		}
		for len(list[i]) < 80 {
			list[i] = append(list[i], words[random.IntN(len(words))]...)
			list[i] = fmt.Append(list[i], random.IntN(1000), " ")
		}
	}
	return list
}

// encode makes one block of the values and returns its frames' codecs.
func encode(t testing.TB, codec Codec, list [][]byte) (block []byte, meta BlockMeta, codecs []Codec) {
	var out bytes.Buffer
	w := NewBlockWriter(&out, codec)
	for _, v := range list {
		if err := w.Add([]byte("key"), v); err != nil {
			t.Fatal(err)
		}
	}
	meta, err := w.Finish()
	if err != nil {
		t.Fatal(err)
	}
	for b := out.Bytes(); len(b) > 0; {
		h, err := parseHeader(b, int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		codecs = append(codecs, h.codec)
		b = b[headerSize+h.stored:]
	}
	return out.Bytes(), meta, codecs
}

// CodecAuto compresses what gets smaller, tries other frames now and then, and short ones never.
func TestCodecAuto(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, nature string
		records      int
		compressed   func(frames, zstd int) bool
	}{
		{"text", "text", 50_000, func(frames, zstd int) bool { return zstd == frames }},
		{"random bytes", "random", 100_000, func(_, zstd int) bool { return zstd == 0 }},
		{"a short frame", "text", 30, func(_, zstd int) bool { return zstd == 0 }},
	} {
		_, _, codecs := encode(t, CodecAuto, values(tt.nature, tt.records))
		zstd := 0
		for _, c := range codecs {
			zstd += int(c)
		}
		if !tt.compressed(len(codecs), zstd) {
			t.Errorf("%s: %d of %d frames are compressed", tt.name, zstd, len(codecs))
		}
	}
	w := BlockWriter{codec: CodecAuto, pause: autoPause}
	for range autoPause {
		if w.compresses(frameTarget) {
			t.Fatal("tried again too soon")
		}
	}
	if !w.compresses(frameTarget) {
		t.Error("never tried again")
	}
}

// BenchmarkCodec writes and reads blocks of one frame, by codec, nature of the data and size: MB/s
// of one core, and what is left of the bytes. Compression pays where the network has less than
//
//	saved bytes ÷ added time
//
// for each core that sends or receives.
func BenchmarkCodec(b *testing.B) {
	for _, nature := range []string{"text", "random"} {
		for _, size := range []int{1 << 10, 4 << 10, 16 << 10, 250 << 10} {
			list := values(nature, size/90)
			for _, codec := range []Codec{CodecNone, CodecZstd, CodecAuto} {
				b.Run(fmt.Sprintf("%s/frame=%d/%v", nature, size, codec), func(b *testing.B) {
					b.SetBytes(int64(size))
					var block []byte
					for b.Loop() {
						var meta BlockMeta
						block, meta, _ = encode(b, codec, list)
						r := NewBlockReader(bytes.NewReader(block), meta)
						for _, err := r.Next(); err != io.EOF; _, err = r.Next() {
							if err != nil {
								b.Fatal(err)
							}
						}
					}
					b.ReportMetric(float64(len(block))/float64(size), "of-bytes")
				})
			}
		}
	}
}
