package commit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
)

// Success is the content of _SUCCESS.
type Success struct {
	Job   string `json:"job"`
	Bytes int64  `json:"bytes"`
	Rows  int64  `json:"rows"`
	Parts []Part `json:"parts"`
}

// A Part is one file of the output.
type Part struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	Rows   int64  `json:"rows"`
	CRC32C string `json:"crc32c"` // eight hexadecimal digits
}

// writeSuccess puts _SUCCESS in place by a rename, so that it is there whole or not at all.
func (j *Job) writeSuccess(ctx context.Context, manifests []Manifest) error {
	target := path.Join(j.Out, "_SUCCESS")
	if _, err := j.FS.Stat(ctx, target); err == nil {
		return nil // an earlier call came this far
	}
	text, err := json.MarshalIndent(j.success(manifests), "", "  ")
	if err != nil {
		return err
	}
	draft := path.Join(j.attempt(j.Attempt), "_SUCCESS")
	if err := j.FS.RemoveAll(ctx, draft); err != nil {
		return err // left by a call that died here
	}
	w, err := j.FS.Create(ctx, draft)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return errors.Join(err, w.Abort())
	}
	if err := w.Close(); err != nil {
		return err
	}
	return j.FS.Rename(ctx, draft, target)
}

func (j *Job) success(manifests []Manifest) Success {
	s := Success{Job: j.ID, Parts: make([]Part, 0, len(manifests))}
	for _, m := range manifests {
		s.Bytes += m.Bytes
		s.Rows += m.Rows
		s.Parts = append(s.Parts, Part{m.Part(), m.Bytes, m.Rows, fmt.Sprintf("%08x", m.CRC32C)})
	}
	return s
}
