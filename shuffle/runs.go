package shuffle

import "encoding/binary"

// A frame of a group holds the records of several map tasks, one run after another, behind a
// directory of the runs:
//
//	┌───────────┬─────┬─────────┬───────┬─────┬─────────┬───────┬───┬─────┬─────┬───┐
//	│ length of │ map │ records │ bytes │ map │ records │ bytes │ … │ run │ run │ … │
//	│ directory │     │         │       │     │         │       │   │     │     │   │
//	└───────────┴─────┴─────────┴───────┴─────┴─────────┴───────┴───┴─────┴─────┴───┘
//
// All of the directory is uvarints. The map tasks ascend, and each is written as the distance
// from the one before it, the first from 0: among neighbours a run costs three bytes or four. A
// reader verifies every run, and hands out those it wants.

// mapRun is what a frame holds of one map task.
type mapRun struct {
	mapID   MapID
	records int
	bytes   int
}

// appendRun appends an entry to a directory; before is the map task of the entry before it.
func appendRun(b []byte, r mapRun, before MapID) []byte {
	b = binary.AppendUvarint(b, uint64(r.mapID-before))
	b = binary.AppendUvarint(b, uint64(r.records))
	return binary.AppendUvarint(b, uint64(r.bytes))
}

// runCursor walks over the runs of a frame. It trusts nothing.
type runCursor struct {
	directory, rest []byte
	mapRun
	rows []byte // of the current run
	seen bool   // a run
	bad  bool
}

// runsOf splits a payload into directory and rows.
func runsOf(payload []byte) runCursor {
	n, w := binary.Uvarint(payload)
	if w <= 0 || n > uint64(len(payload)-w) {
		return runCursor{bad: true}
	}
	end := w + int(n)
	return runCursor{directory: payload[w:end], rest: payload[end:]}
}

// next moves to the next run; false at the end, or where the directory is wrong.
func (c *runCursor) next() bool {
	if c.bad || len(c.directory) == 0 {
		return false
	}
	step, records, size := c.number(), c.number(), c.number()
	id := uint64(c.mapID) + step
	if c.bad || c.seen && step == 0 || id > 1<<32-1 || size > uint64(len(c.rest)) {
		c.bad = true
		return false
	}
	c.seen = true
	c.mapRun = mapRun{MapID(id), int(records), int(size)}
	c.rows, c.rest = c.rest[:size:size], c.rest[size:]
	return true
}

// number reads a number: a map task's, or one of a frame, which has less than four GiB.
func (c *runCursor) number() uint64 {
	n, w := binary.Uvarint(c.directory)
	if w <= 0 || n > 1<<32-1 {
		c.bad = true
		return 0
	}
	c.directory = c.directory[w:]
	return n
}

// checkRuns is checkRecords for a frame of a group: all of it is verified, and the batch has the
// wanted rows.
func checkRuns(payload []byte, n int, wanted []MapID) (batch Batch, checksum uint64, ok bool) {
	c := runsOf(payload)
	batch = Batch{Records: n, payload: c.rest, runs: payload[:len(payload)-len(c.rest)]}
	unwanted, left := false, wanted
	for c.next() {
		sum, ok := checkRecords(c.rows, c.records)
		if !ok {
			return Batch{}, 0, false
		}
		checksum += sum
		n -= c.records
		left = from(left, c.mapID)
		unwanted = unwanted || len(left) == 0 || left[0] != c.mapID
	}
	if c.bad || n != 0 || len(c.rest) > 0 {
		return Batch{}, 0, false
	}
	if unwanted {
		batch = pick(payload, wanted)
	}
	return batch, checksum, true
}

// from drops what comes before id from an ascending list.
func from(ids []MapID, id MapID) []MapID {
	for len(ids) > 0 && ids[0] < id {
		ids = ids[1:]
	}
	return ids
}

// pick copies the wanted runs of a checked payload. It happens only after some map tasks of a
// group were computed again.
func pick(payload []byte, wanted []MapID) Batch {
	var directory []byte
	batch, before := Batch{}, MapID(0)
	for c := runsOf(payload); c.next(); {
		if wanted = from(wanted, c.mapID); len(wanted) == 0 || wanted[0] != c.mapID {
			continue
		}
		directory = appendRun(directory, c.mapRun, before)
		batch.payload = append(batch.payload, c.rows...)
		batch.Records += c.records
		before = c.mapID
	}
	batch.runs = append(binary.AppendUvarint(nil, uint64(len(directory))), directory...)
	return batch
}

// each calls f for the rows of each map task in the batch.
func (b Batch) each(f func(m MapID, rows []byte)) {
	if b.runs == nil {
		f(b.Map, b.payload)
		return
	}
	c := runsOf(b.runs)
	for c.rest = b.payload; c.next(); {
		f(c.mapID, c.rows)
	}
}
