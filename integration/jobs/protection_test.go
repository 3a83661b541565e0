package jobs

import (
	"context"
	"testing"

	"github.com/weft-data/weft/integration/hadoop"
)

// TestProtectedRPC runs on clusters that want RPC signed, and encrypted.
func TestProtectedRPC(t *testing.T) {
	for _, protection := range []string{"integrity", "privacy"} {
		t.Run(protection, func(t *testing.T) {
			o := hadoop.Options{Nodes: 1, Dir: t.TempDir(),
				Properties: map[string]string{"hadoop.rpc.protection": protection}}
			c, err := hadoop.Start(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Stop(context.WithoutCancel(t.Context()))
			u := &user{T: t, cluster: c}
			for _, mode := range modes {
				u.succeed(submission(unique(t), mode, program("pi"), "2", "1000"))
			}
		})
	}
}
