package simulated

import "testing"

// TestBrokenRulesAreNoticed breaks one rule at a time. Some run of the first seeds must fail: if none
// does, the checks are blind where that rule matters.
func TestBrokenRulesAreNoticed(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*breaks)
	}{
		{"driver: uses every success", func(b *breaks) { b.acceptsAll = true }},
		{"driver: forgets ends of tasks", func(b *breaks) { b.losesReports = true }},
		{"driver: does not send some tasks", func(b *breaks) { b.losesLaunch = true }},
		{"executor: serves another block", func(b *breaks) { b.anyBlock = true }},
		{"executor: reports before a file is closed", func(b *breaks) { b.earlyReport = true }},
		{"driver: lets every task commit", func(b *breaks) { b.grantsAll = true }},
		{"driver: keeps losses from the machine", func(b *breaks) { b.ignoresLoss = true }},
		{"driver: waits for silent executors", func(b *breaks) { b.waitsForever = true }},
		{"driver: gives an id twice", func(b *breaks) { b.sameIDs = true }},
		{"driver: leaves files of failed jobs", func(b *breaks) { b.leavesFiles = true }},
		{"executor: verifies no checksum", func(b *breaks) { b.trustBlocks = true }},
		{"executor: takes checksums too late", func(b *breaks) { b.lateChecksum = true }},
		{"executor: reports half an output", func(b *breaks) { b.halfOutput = true }},
		{"executor: takes missing for empty", func(b *breaks) { b.skipMissing = true }},
		{"executor: forgets a block", func(b *breaks) { b.skipFirst = true }},
		{"executor: blames another attempt", func(b *breaks) { b.blamesOldAttempt = true }},
		{"executor: reports lost input as failure", func(b *breaks) { b.fetchIsFailure = true }},
		{"executor: does not report killed tasks", func(b *breaks) { b.killsAreSilent = true }},
		{"executor: ignores epochs", func(b *breaks) { b.oldOutputs = true }},
		{"executor: commits without permission", func(b *breaks) { b.commitAnyway = true }},
		{"driver: gives up what a service keeps", func(b *breaks) { b.losesServed = true }},
		{"driver: keeps what no service has", func(b *breaks) { b.keepsUnserved = true }},
		{"driver: never gives a service up", func(b *breaks) { b.trustsServices = true }},
		{"driver: names the lost service for living executors", func(b *breaks) { b.keepsLiving = true }},
		{"driver: keeps a lost service from the machine", func(b *breaks) { b.secretLoss = true }},
		{"driver: mixes profiles", func(b *breaks) { b.mixesProfiles = true }},
		{"executor: does not wait for a service", func(b *breaks) { b.impatient = true }},
		{"executor: names a service that never was", func(b *breaks) { b.namesNoService = true }},
		{"service: forgets its files when it restarts", func(b *breaks) { b.forgetfulService = true }},
		{"yarn: replaces no container", func(b *breaks) { b.neverReplace = true }},
		{"plan: calls chance deterministic", func(b *breaks) { b.claimsSteady = true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(1000) {
				o := options{seed: seed}
				c.set(&o.breaks)
				if out := run(o); out.err != nil && run(options{seed: seed}).err == nil {
					t.Logf("seed %d: %v", seed, out.err)
					return
				}
			}
			t.Error("no seed notices")
		})
	}
}
