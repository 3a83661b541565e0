package plugin

import (
	"fmt"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/plugin/internal/wire"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/resource"
)

func toAsk(a containers.Ask) *wire.Ask {
	return &wire.Ask{
		Profile: int32(a.Profile), Resource: toVector(a.Resource),
		Count: int32(a.Count), Spare: int32(a.Spare),
		Hosts: slice(a.Hosts, func(h containers.HostCount) *wire.HostCount {
			return &wire.HostCount{Host: h.Host, Count: int32(h.Count)}
		}),
	}
}

func fromAsk(w *wire.Ask) containers.Ask {
	return containers.Ask{
		Profile: resource.ID(w.GetProfile()), Resource: fromVector(w.GetResource()),
		Count: int(w.GetCount()), Spare: int(w.GetSpare()),
		Hosts: slice(w.GetHosts(), func(h *wire.HostCount) containers.HostCount {
			return containers.HostCount{Host: h.GetHost(), Count: int(h.GetCount())}
		}),
	}
}

func toLaunch(id containers.ID, l containers.Launch) (*wire.LaunchRequest, error) {
	secret, err := l.Identity.Marshal()
	if err != nil {
		return nil, fmt.Errorf("hand over the application's identity: %w", err)
	}
	return &wire.LaunchRequest{
		Container: string(id), Executor: l.Executor, Driver: l.Driver, Host: l.Host,
		Slots: int32(l.Slots), Resource: toVector(l.Resource), Dirs: l.Dirs, Identity: secret,
	}, nil
}

func fromLaunch(w *wire.LaunchRequest) (containers.ID, containers.Launch, error) {
	i, err := identity.Unmarshal(w.GetIdentity())
	return containers.ID(w.GetContainer()), containers.Launch{
		Executor: w.GetExecutor(), Driver: w.GetDriver(), Host: w.GetHost(),
		Slots: int(w.GetSlots()), Resource: fromVector(w.GetResource()), Dirs: w.GetDirs(),
		Identity: i,
	}, err
}

func toFinal(f containers.Final) *wire.FinishRequest {
	return &wire.FinishRequest{
		Status: int32(f.Status), Diagnostics: f.Diagnostics, TrackingUrl: f.TrackingURL,
	}
}

func fromFinal(w *wire.FinishRequest) containers.Final {
	return containers.Final{
		Status: containers.Status(w.GetStatus()), Diagnostics: w.GetDiagnostics(),
		TrackingURL: w.GetTrackingUrl(),
	}
}
