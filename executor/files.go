package executor

import (
	"os"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
)

// openFiles connects the tasks to the file systems that the driver's configuration names: it
// carries Hadoop's settings as weft.hadoop.KEY. A resolver that was given in Options stays.
func (e *Executor) openFiles() error {
	if e.Files != nil {
		return nil
	}
	hadoop := conf.NewHadoop()
	e.conf.Override(hadoop)
	user, _ := e.conf.Lookup(UserKey)
	if user == "" {
		var err error
		if user, err = conf.User(os.Getenv); err != nil {
			return err
		}
	}
	e.Files = fs.Resolve(hadoop, user, fs.WithLogger(e.Log))
	e.files = e.Files
	return nil
}

// UserKey carries the name of the user who submitted the application to executors, where the
// operating system's user may be another one.
const UserKey = "weft.hadoop.weft.user"
