package auxservice

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"sync"

	"github.com/weft-data/weft/shuffle"
)

// application is what the service knows of one.
type application struct {
	id, user string
	secret   [shuffle.SecretSize]byte
}

// dataVersion is the first byte of a container's service data.
const dataVersion = 1

// newApplication checks what the NodeManager passes on: the data come from the application, and
// names become parts of paths.
func newApplication(r *StartApplicationRequest) (application, error) {
	app := application{id: r.Application, user: r.User}
	err := errors.Join(shuffle.CheckApplication(app.id), shuffle.CheckUser(app.user))
	if err != nil {
		return app, err
	}
	if len(r.Data) != 1+shuffle.SecretSize || r.Data[0] != dataVersion {
		return app, fmt.Errorf("service data of %d bytes: want version %d and %d bytes of secret",
			len(r.Data), dataVersion, shuffle.SecretSize)
	}
	copy(app.secret[:], r.Data[1:])
	return app, nil
}

// same reports whether a and b are one application started twice.
func (a application) same(b application) bool {
	return a.id == b.id && a.user == b.user &&
		subtle.ConstantTimeCompare(a.secret[:], b.secret[:]) == 1
}

// applications are those that run, and their files. It implements shuffle.Applications.
type applications struct {
	files *shuffle.Files
	dirs  []string // the NodeManager's local directories
	mu    struct {
		sync.Mutex
		known map[string]known
	}
}

// known is an application with its files.
type known struct {
	application
	files *shuffle.AppFiles
}

// errKnown says that an application was started before as another user or with another secret.
var errKnown = errors.New("the application is known with another user or secret")

func newApplications(files *shuffle.Files, dirs []string) *applications {
	a := &applications{files: files, dirs: dirs}
	a.mu.known = map[string]known{}
	return a
}

// add makes an application's files readable; added says that it was not known before.
func (a *applications) add(app application) (added bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if k, ok := a.mu.known[app.id]; ok {
		if !k.same(app) {
			return false, fmt.Errorf("%s: %w", app.id, errKnown)
		}
		return false, nil
	}
	a.mu.known[app.id] = known{app, a.files.App(a.dirs, app.user, app.id)}
	return true, nil
}

// remove forgets an application and closes its files.
func (a *applications) remove(id string) (removed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k, ok := a.mu.known[id]
	if ok {
		delete(a.mu.known, id)
		k.files.Close()
	}
	return ok
}

// list returns those that are known now.
func (a *applications) list() []application {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]application, 0, len(a.mu.known))
	for _, k := range a.mu.known {
		list = append(list, k.application)
	}
	return list
}

func (a *applications) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.mu.known)
}

// closeFiles closes all files.
func (a *applications) closeFiles() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range a.mu.known {
		k.files.Close()
	}
}

// Secret returns what a client of the application must prove to know.
func (a *applications) Secret(id string) ([]byte, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k, ok := a.mu.known[id]
	return k.secret[:], ok
}

// Source returns the application's files.
func (a *applications) Source(id string) (shuffle.Source, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k, ok := a.mu.known[id]
	if !ok {
		return nil, fmt.Errorf("%s has ended", id)
	}
	return k.files, nil
}
