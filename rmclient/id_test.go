package rmclient

import (
	"testing"

	"pgregory.net/rapid"
)

func TestIDs(t *testing.T) {
	app := ApplicationID{ClusterTimestamp: 1700000000000, ID: 12}
	attempt := AttemptID{Application: app, Attempt: 2}
	for _, test := range []struct {
		give interface{ String() string }
		want string
	}{
		{app, "application_1700000000000_0012"},
		{ApplicationID{1, 12345}, "application_1_12345"},
		{attempt, "appattempt_1700000000000_0012_000002"},
		{ContainerID{attempt, 7}, "container_1700000000000_0012_02_000007"},
		{ContainerID{attempt, 3<<40 | 7}, "container_e03_1700000000000_0012_02_000007"},
		{ContainerID{attempt, 1234567}, "container_1700000000000_0012_02_1234567"},
		{NodeID{"h", 8041}, "h:8041"},
	} {
		if got := test.give.String(); got != test.want {
			t.Errorf("%#v prints %s, want %s", test.give, got, test.want)
		}
	}
}

func TestIDsParseAsTheyPrint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := ContainerID{ID: rapid.Int64Range(0, 1<<62).Draw(t, "id"), Attempt: AttemptID{
			Attempt: rapid.Int32Range(0, 1<<31-1).Draw(t, "attempt"),
			Application: ApplicationID{
				ClusterTimestamp: rapid.Int64Range(0, 1<<62).Draw(t, "start"),
				ID:               rapid.Int32Range(0, 1<<31-1).Draw(t, "application"),
			}}}
		if got, err := ParseContainerID(c.String()); got != c || err != nil {
			t.Fatalf("%s reads as %v, %v", c, got, err)
		}
		if got, err := ParseAttemptID(c.Attempt.String()); got != c.Attempt || err != nil {
			t.Fatalf("%s reads as %v, %v", c.Attempt, got, err)
		}
		if got, err := ParseApplicationID(c.Attempt.Application.String()); got != c.Attempt.Application ||
			err != nil {
			t.Fatalf("%s reads as %v, %v", c.Attempt.Application, got, err)
		}
	})
}

func TestBadIDs(t *testing.T) {
	for _, s := range []string{"", "application", "application_1", "application_1_2_3", "application_x_1",
		"application_1_99999999999", "application_-1_1", "application_+1_1", "Application_1_1"} {
		if id, err := ParseApplicationID(s); err == nil {
			t.Errorf("%q reads as %v", s, id)
		}
	}
	for _, s := range []string{"", "h", ":1", "h:", "h:x", "h:70000", "h:-1"} {
		if id, err := ParseNodeID(s); err == nil {
			t.Errorf("%q reads as %v", s, id)
		}
	}
}

// What parses prints as something that parses to the same.
func FuzzContainerID(f *testing.F) {
	f.Add("container_1700000000000_0012_02_000007")
	f.Add("container_e03_1700000000000_0012_02_000007")
	f.Add("container_e_1_1_1_1")
	f.Add("container_e99999999_1_1_1_1")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseContainerID(s)
		if err != nil {
			return
		}
		if again, err := ParseContainerID(id.String()); again != id || err != nil {
			t.Errorf("%q reads as %v, which reads as %v, %v", s, id, again, err)
		}
	})
}

func FuzzNodeID(f *testing.F) {
	f.Add("host:8041")
	f.Add("::1:80")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseNodeID(s)
		if err != nil {
			return
		}
		if again, err := ParseNodeID(id.String()); again != id || err != nil {
			t.Errorf("%q reads as %v, which reads as %v, %v", s, id, again, err)
		}
	})
}
