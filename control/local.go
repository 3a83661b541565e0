package control

// Local joins a driver and executors that live in one process.
type Local struct{}

// NewLocal returns a Local. The driver serves it, executors dial it.
func NewLocal() *Local { return &Local{} }
