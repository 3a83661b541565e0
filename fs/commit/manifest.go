package commit

import (
	"fmt"
	"strings"
)

// A Manifest is what a task attempt reports of the file it closed.
type Manifest struct {
	Partition int    `json:"partition"`
	File      string `json:"file"` // name in the work directory
	Bytes     int64  `json:"bytes"`
	Rows      int64  `json:"rows"`
	CRC32C    uint32 `json:"crc32c"`
}

// Part is the name under which the partition appears.
func (m Manifest) Part() string { return fmt.Sprintf("part-%05d", m.Partition) }

// check refuses a manifest that no Task can have made: it comes from another process.
func (m Manifest) check() error {
	prefix := fmt.Sprintf("task-%05d-", m.Partition)
	if m.Partition < 0 || m.Bytes < 0 || m.Rows < 0 || !strings.HasPrefix(m.File, prefix) ||
		strings.ContainsAny(m.File, "/\x00") {
		return fmt.Errorf("bad manifest %+v", m)
	}
	return nil
}
