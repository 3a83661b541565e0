package executor

import (
	"slices"
	"testing"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/resource"
	"pgregory.net/rapid"
)

// TestEquipmentIsNeverOverbooked takes and gives at random: no device is given out beyond what it
// is, nothing is lost, and a task that asks for whole devices has them alone.
func TestEquipmentIsNeverOverbooked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := equipment{limited: true, cores: 6}
		for _, address := range []string{"0", "1", "2"} {
			q.devices = append(q.devices, device{"gpu", address, resource.Whole})
		}
		full := equipment{limited: true, cores: q.cores, devices: slices.Clone(q.devices)}
		var out []holding
		t.Repeat(map[string]func(*rapid.T){
			"take": func(t *rapid.T) {
				parts := rapid.SampledFrom([]resource.Parts{
					resource.Whole, 2 * resource.Whole, resource.Whole / 2, resource.Whole / 3,
				}).Draw(t, "parts")
				template := &control.StageTemplate{
					Cpus:   int32(rapid.IntRange(1, 2).Draw(t, "cpus")),
					Shares: []*control.Share{{Name: "gpu", Parts: int64(parts)}},
				}
				if h, ok := q.take(template); ok {
					out = append(out, h)
				}
			},
			"give": func(t *rapid.T) {
				if len(out) > 0 {
					i := rapid.IntRange(0, len(out)-1).Draw(t, "holding")
					q.give(out[i])
					out = slices.Delete(out, i, i+1)
				}
			},
			"": func(t *rapid.T) { sound(t, &q, &full, out) },
		})
	})
}

func sound(t *rapid.T, q, full *equipment, out []holding) {
	cores, left := full.cores, make([]resource.Parts, len(full.devices))
	for i := range left {
		left[i] = resource.Whole
	}
	for _, h := range out {
		cores -= h.cpus
		for _, d := range h.devices {
			left[d.at] -= d.parts
		}
	}
	if cores != q.cores || cores < 0 {
		t.Fatalf("%d cores are left, counted %d", cores, q.cores)
	}
	for i, d := range q.devices {
		if d.left != left[i] || d.left < 0 {
			t.Fatalf("%s of device %s is left, counted %s", left[i], d.address, d.left)
		}
	}
}
