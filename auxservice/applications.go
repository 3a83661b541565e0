package auxservice

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
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

// newApplication checks what the NodeManager passes on: the data come from the application.
func newApplication(r *StartApplicationRequest) (application, error) {
	app := application{id: r.Application, user: r.User}
	if err := shuffle.CheckApplication(app.id); err != nil {
		return app, err
	}
	if err := checkUser(app.user); err != nil {
		return app, err
	}
	if len(r.Data) != 1+shuffle.SecretSize || r.Data[0] != dataVersion {
		return app, fmt.Errorf("service data of %d bytes: want version %d and %d bytes of secret",
			len(r.Data), dataVersion, shuffle.SecretSize)
	}
	copy(app.secret[:], r.Data[1:])
	return app, nil
}

// checkUser refuses what cannot be one element of a path. YARN has accepted the name already.
func checkUser(user string) error {
	if user == "" || len(user) > 255 || user == "." || user == ".." ||
		strings.ContainsAny(user, "/\x00") {
		return fmt.Errorf("%.80q is no name of a user", user)
	}
	return nil
}

// applications are those that the NodeManager has started. The zero value has none.
type applications struct {
	dirs []string // the NodeManager's local directories
	mu   struct {
		sync.Mutex
		known map[string]application
	}
}

// errKnown says that an application was started before as another user or with another secret.
var errKnown = errors.New("the application is known with another user or secret")

func (a *applications) add(app application) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.mu.known[app.id]; ok && known != app {
		return fmt.Errorf("%s: %w", app.id, errKnown)
	}
	if a.mu.known == nil {
		a.mu.known = map[string]application{}
	}
	a.mu.known[app.id] = app
	return nil
}

func (a *applications) remove(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.mu.known[id]
	delete(a.mu.known, id)
	return ok
}

func (a *applications) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.mu.known)
}

func (a *applications) get(id string) (application, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	app, ok := a.mu.known[id]
	return app, ok
}

// sourceFor has a connection prove its application's secret and returns that one's files.
func (a *applications) sourceFor(conn net.Conn) (shuffle.Source, error) {
	id, err := shuffle.Verify(conn, func(id string) ([]byte, bool) {
		app, ok := a.get(id)
		return app.secret[:], ok
	})
	if err != nil {
		return nil, err
	}
	app, ok := a.get(id)
	if !ok {
		return nil, fmt.Errorf("%s has ended", id)
	}
	var dirs []string
	for _, dir := range a.dirs {
		dirs = append(dirs, filepath.Join(dir, "usercache", app.user, "appcache", app.id))
	}
	return shuffle.OpenStore(dirs...)
}
