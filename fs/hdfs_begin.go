package fs

import "time"

// pipelinePatience is how long a file may take to get DataNodes that work. A NameNode with default
// settings finds out after ten minutes that one is dead, and offers it until then.
const pipelinePatience = 2 * time.Minute

// begin writes the first bytes of a file. While the DataNodes that the NameNode chose for it do not
// take them, nothing is lost: the file is made anew, and others are chosen.
func (w *hdfsWriter) begin(b []byte) (int, error) {
	deadline := time.Now().Add(pipelinePatience)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		n, err := w.file.Write(b)
		if n > 0 || !broken(err) || time.Now().After(deadline) {
			return n, err
		}
		w.fs.r.log.Debug("choose other DataNodes", "file", w.path, "error", err)
		select {
		case <-time.After(pause):
		case <-w.ctx.Done():
			return 0, w.ctx.Err()
		}
		if err := w.anew(); err != nil {
			return 0, err
		}
	}
}

// anew replaces the file, which is empty. The connections of the old one end with the context.
func (w *hdfsWriter) anew() error {
	if err := w.session.client.Remove(w.path); err != nil {
		return err
	}
	file, err := w.fs.create(w.session, w.path)
	if err != nil {
		return err
	}
	w.file = file
	return file.SetDeadline(w.deadline)
}
