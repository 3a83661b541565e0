package submit

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/rmclient"
)

func settings(t testing.TB, pairs ...string) *conf.Conf {
	t.Helper()
	c, err := conf.Load(conf.Sources{Conf: pairs, Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func job(t testing.TB) JobSpec {
	h := conf.NewHadoop()
	h.Set("fs.defaultFS", "hdfs://nn:8020", "test")
	return JobSpec{
		Name: "a \"job\" of $USER", Args: []string{"in put", "", "`out`", "\n"}, User: "ann",
		Staging: "hdfs://nn:8020/user/ann", Conf: settings(t, "weft.executor.memory=3g"), Hadoop: h,
		Program: rmclient.LocalResource{URL: "hdfs://nn:8020/p", Size: 5, Timestamp: 7},
		Timing:  true, Started: time.UnixMilli(1763712000000).UTC(),
	}
}

func TestJobComesOutAsItWentIn(t *testing.T) {
	in := job(t)
	data, err := in.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	out, err := UnmarshalJob(data)
	if err != nil {
		t.Fatal(err)
	}
	if conf.ExecutorMemory.Get(out.Conf) != 3*conf.GiB || out.Hadoop.DefaultFS() != "hdfs://nn:8020" {
		t.Errorf("settings %v, %v", conf.ExecutorMemory.Get(out.Conf), out.Hadoop.DefaultFS())
	}
	in.Conf, in.Hadoop, out.Conf, out.Hadoop = nil, nil, nil, nil
	if diff := cmp.Diff(in, out); diff != "" {
		t.Error(diff)
	}
}

func TestJobThatYARNCannotCarryIsRefused(t *testing.T) {
	j := job(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		j.Args = append(j.Args, strconv.FormatUint(random.Uint64(), 36))
	}
	if _, err := j.Marshal(); !errors.Is(err, ErrTooLong) {
		t.Errorf("got %v", err)
	}
}

func TestReadJob(t *testing.T) {
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	key, err := id.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := job(t).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	secrets := func(spec, key []byte) rmclient.Credentials {
		all := map[rmclient.Alias][]byte{SpecAlias: spec, IdentityAlias: key}
		return rmclient.Credentials{Secrets: all}
	}
	j, got, err := ReadJob(secrets(spec, key))
	if err != nil || j.User != "ann" || got.Fingerprint() != id.Fingerprint() {
		t.Errorf("job %+v, identity %v, error %v", j, got, err)
	}
	if _, _, err := ReadJob(rmclient.Credentials{}); !errors.Is(err, ErrNotSubmitted) {
		t.Errorf("without secrets: %v", err)
	}
	if _, _, err := ReadJob(secrets(spec[:10], key)); err == nil {
		t.Error("a torn job was read")
	}
	if _, _, err := ReadJob(secrets(spec, key[:10])); !errors.Is(err, identity.ErrMalformed) {
		t.Errorf("a torn identity: %v", err)
	}
}

func FuzzUnmarshalJob(f *testing.F) {
	data, err := job(f).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if j, err := UnmarshalJob(data); err == nil && (j.Conf == nil || j.Hadoop == nil) {
			t.Error("a job without settings")
		}
	})
}

func TestContainersHaveRoomForTheProcess(t *testing.T) {
	for _, c := range []struct {
		pairs  []string
		memory int64
		cores  int32
	}{
		{nil, 1024 + 103, 1}, // 10 % of 1024, rounded up
		{[]string{"weft.executor.memory=256m"}, 256 + 64, 1},
		{[]string{"weft.executor.memory=10g", "weft.executor.cores=4"}, 10240 + 1024, 4},
		{[]string{"weft.executor.memory=1g", "weft.executor.memoryOverhead=1"}, 1025, 1},
		{[]string{"weft.executor.memory=1025k", "weft.executor.memoryOverhead=0"}, 2, 1},
		{[]string{"weft.executor.memory=8191p", "weft.executor.memoryOverhead=1024p"}, 9215 << 30, 1},
	} {
		got := ExecutorContainer(settings(t, c.pairs...))
		if got.MemoryMB != c.memory || got.VCores != c.cores {
			t.Errorf("%v: %s, want %d MB and %d cores", c.pairs, got, c.memory, c.cores)
		}
	}
	got := DriverContainer(settings(t, "weft.driver.memory=2g", "weft.driver.cores=2"))
	if got.MemoryMB != 2048+205 || got.VCores != 2 {
		t.Errorf("driver %s", got)
	}
}
