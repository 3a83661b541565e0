package jobs

import (
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strings"
)

// An application as the ResourceManager's REST API shows it.
type application struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	State       string `json:"state"`
	Final       string `json:"finalStatus"`
	Diagnostics string `json:"diagnostics"`
	Containers  int    `json:"runningContainers"`
}

func (a application) ended() bool {
	return a.State == "FINISHED" || a.State == "FAILED" || a.State == "KILLED"
}

// applications are those of a name, in any state.
func (u *user) applications(name string) []application {
	u.Helper()
	response, err := http.Get(u.cluster.WebAddress() + "/ws/v1/cluster/apps?applicationTypes=WEFT")
	if err != nil {
		u.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ Apps *struct{ App []application } }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		u.Fatal(err)
	}
	if answer.Apps == nil {
		return nil
	}
	return slices.DeleteFunc(answer.Apps.App, func(a application) bool { return a.Name != name })
}

// application waits until the one application of the name is in a state that is wanted.
func (u *user) application(name string, wanted func(application) bool) (found application) {
	u.Helper()
	u.until("application "+name, func() bool {
		for _, a := range u.applications(name) {
			if found = a; wanted(a) {
				return true
			}
		}
		return false
	})
	return found
}

// containers are the processes in the containers of an application.
func (u *user) containers(id string) (found []int) {
	u.Helper()
	all, err := u.cluster.Processes()
	if err != nil {
		u.Fatal(err)
	}
	mark := strings.Replace(id, "application_", "_", 1) + "_" // in container ids, also after an epoch
	for _, p := range all {
		if strings.Contains(p.Container, mark) {
			found = append(found, p.Pid)
		}
	}
	return found
}

// noneLeft waits until all applications of the name have ended and none has a process.
func (u *user) noneLeft(name string) {
	u.Helper()
	for _, a := range u.applications(name) {
		u.application(name, application.ended)
		u.until("end of the containers of "+a.ID, func() bool { return len(u.containers(a.ID)) == 0 })
	}
}

// absent asserts that a path in HDFS does not exist.
func (u *user) absent(dir string) {
	u.Helper()
	if r := u.start("weft", "fs", "ls", dir); r.code() == 0 {
		u.Errorf("left %s: %s", dir, &r.stdout)
	}
}

// parts is what the files of an output directory hold, one after the other.
func (u *user) parts(dir string) string {
	u.Helper()
	u.weft("fs", "ls", path.Join(dir, "_SUCCESS"))
	return u.weft("fs", "cat", path.Join(dir, "part-*"))
}

// staged lists what submissions left in a staging directory: times and names of files.
func (u *user) staged(dir string) []string {
	u.Helper()
	var files []string
	for _, line := range lines(u.weft("fs", "ls", "-R", dir)) {
		if strings.HasPrefix(line, "-") {
			files = append(files, line)
		}
	}
	return files
}

// scratch is a directory in HDFS for this test alone.
func (u *user) scratch() string {
	u.Helper()
	dir := "/tmp/" + unique(u.T)
	u.weft("fs", "mkdir", dir)
	u.Cleanup(func() { u.weft("fs", "rm", "-r", dir) })
	return dir
}
