package auxservice

import (
	"bytes"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/weft-data/weft/shuffle"
)

// asChild makes this test program weft-shuffled.
const asChild = "WEFT_SHUFFLED_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		if err := mountDisk(os.Getenv(diskKind), os.Getenv(diskDir)); err != nil {
			panic(err)
		}
		os.Exit(Main("v-test"))
	}
	goleak.VerifyTestMain(m)
}

const (
	app1 = "application_1700000000000_0001"
	app2 = "application_1700000000000_0002"
)

func secret(fill byte) []byte { return bytes.Repeat([]byte{fill}, shuffle.SecretSize) }

func start(app, user string, fill byte) *StartApplicationRequest {
	return &StartApplicationRequest{
		Application: app, User: user, Data: append([]byte{dataVersion}, secret(fill)...),
	}
}
