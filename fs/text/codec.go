package text

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/weft-data/weft/fs"
)

// extensions choose a codec, as Hadoop's CompressionCodecFactory does.
var extensions = map[string]struct {
	codec Codec
	magic []byte
}{
	".gz":   {Gzip, []byte{0x1f, 0x8b}},
	".gzip": {Gzip, []byte{0x1f, 0x8b}},
	".zst":  {Zstd, []byte{0x28, 0xb5, 0x2f, 0xfd}},
	".zstd": {Zstd, []byte{0x28, 0xb5, 0x2f, 0xfd}},
}

// detect chooses a file's codec by its extension, and checks it by the first bytes.
func detect(ctx context.Context, f fs.FS, info fs.Info) (Codec, error) {
	e, ok := extensions[path.Ext(info.Path)]
	if !ok || info.Size == 0 {
		return Plain, nil
	}
	file, err := f.Open(ctx, info.Path)
	if err != nil {
		return Plain, err
	}
	defer file.Close()
	begin := make([]byte, min(int64(len(e.magic)), info.Size))
	if _, err := file.ReadAt(begin, 0); err != nil && !errors.Is(err, io.EOF) {
		return Plain, err
	}
	if !bytes.Equal(begin, e.magic) {
		return Plain, fmt.Errorf("%s: the name says %s and the content does not (it begins %x); "+
			"rename it or compress it again", f.URL(info.Path), e.codec, begin)
	}
	return e.codec, nil
}
