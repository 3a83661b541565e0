package weft

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs/text"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// textOp reads lines. It needs no declaration, because lines are strings.
var textOp = declareTextFile()

// TextFile is the lines of text files. A path is a file, a directory (its files, but not those
// whose names begin with _ or .), or a pattern of *, ?, [a-z], {a,b} and ** for any depth; it is
// local, or in HDFS (hdfs://…). On a cluster a path without a scheme is in the cluster's default
// file system. Files that end in .gz or .zst are decompressed.
//
// Large files are cut at block boundaries and small ones read together, up to
// weft.files.maxPartitionBytes for each partition. The lines come without their ends.
func TextFile(s *Session, paths ...string) Dataset[string] {
	n := &plan.Node{Kind: plan.Source, Op: textOp.ID,
		Label: "textFile at " + pipeline.ShortSite(pipeline.CallSite())}
	var err error
	if len(paths) == 0 {
		err = errors.New(n.Label + ": no path is given")
	}
	n.Prepare = func(ctx context.Context, n *plan.Node) error {
		parts, err := text.Plan(ctx, s.files, paths, text.Options{
			MaxBytes: int64(conf.FilesMaxPartitionBytes.Get(s.conf)), MinPartitions: s.driver.Slots()})
		if err != nil {
			return err
		}
		n.Partitions, n.Parts = len(parts), make([]plan.Part, len(parts))
		for i, p := range parts {
			data, err := json.Marshal(p)
			if err != nil {
				return fmt.Errorf("encode the input of %s: %w", n.Label, err)
			}
			n.Parts[i] = plan.Part{Data: data, Hosts: p.Hosts()}
		}
		return nil
	}
	return datasetOf[string](s, err, n)
}

func declareTextFile() *pipeline.Operator {
	_, t := record[string]()
	return declare("textFile", pipeline.Operator{
		Narrow: func(b *pipeline.Build, n pipeline.Node, _ []any) (any, error) {
			var part text.Partition
			if err := json.Unmarshal(n.Parts.At(n.Partition), &part); err != nil {
				return nil, fmt.Errorf("decode the input of %s: %w", n.Label, err)
			}
			return readText(b, part), nil
		},
	}, []Declared{Named("weft:textFile")}, t)
}

// errEnough ends the reading of a file whose other lines nobody wants.
var errEnough = errors.New("the task has all it wants")

func readText(b *pipeline.Build, part text.Partition) pipeline.Stream[string] {
	return func(emit func(string)) error {
		for _, split := range part {
			err := text.ReadLines(b.Ctx, b.Task.Files, split, func(batch text.Batch) error {
				b.Counters.BytesIn += int64(batch.Bytes)
				b.Counters.RecordsIn += int64(len(batch.Lines))
				b.Task.Read(int64(len(batch.Lines)))
				for _, line := range batch.Lines {
					emit(line)
				}
				if b.Stopped() {
					return errEnough
				}
				return nil
			})
			if err != nil && !errors.Is(err, errEnough) {
				return err
			}
			if b.Stopped() {
				return nil
			}
		}
		return nil
	}
}
