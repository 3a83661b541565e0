package submit

import (
	"context"
	"fmt"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/rmclient"
)

// LinkName is what the program is called in a container's working directory.
const LinkName = "program"

// Role is the environment variable that tells a program what to be, and its values in containers.
const (
	Role         = "WEFT_ROLE"
	RoleDriver   = "driver"
	RoleExecutor = "executor"
)

// Command runs the program in any container. The shell that YARN starts gives its place to it, so
// that signals and the exit code are the program's.
func Command() []string {
	return []string{"exec", "./" + LinkName, "1><LOG_DIR>/stdout", "2><LOG_DIR>/stderr"}
}

// Cluster submits the program to run with its driver in the ApplicationMaster's container. It
// returns when the ResourceManager has given the application a place in its queue. On an error
// nothing is left: no application, no file that was not there before.
func Cluster(ctx context.Context, r Request) (*Application, error) {
	s, err := open(r)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, true); err != nil {
		return nil, s.abandon(ctx, err)
	}
	context, err := s.managed()
	if err != nil {
		return nil, s.abandon(ctx, err)
	}
	if err := s.submit(ctx, context); err != nil {
		return nil, s.abandon(ctx, err)
	}
	s.closeFiles()
	return &Application{ID: s.id, client: s.client}, nil
}

// managed is the submission with an AM that YARN starts.
func (s *session) managed() (rmclient.SubmissionContext, error) {
	key, err := identity.New()
	if err != nil {
		return rmclient.SubmissionContext{}, err
	}
	secret, err := key.Marshal()
	if err != nil {
		return rmclient.SubmissionContext{}, err
	}
	spec, err := JobSpec{
		Name: s.name(), Args: s.Args, User: s.user, Staging: s.stage.root,
		Program: s.program, Conf: s.Conf, Hadoop: s.Hadoop, Timing: s.Timing, Started: s.Started,
	}.Marshal()
	if err != nil {
		return rmclient.SubmissionContext{}, err
	}
	environment, err := Image(s.Conf)
	if err != nil {
		return rmclient.SubmissionContext{}, err
	}
	if environment == nil {
		environment = map[string]string{}
	}
	environment[Role] = RoleDriver
	out := s.context()
	out.Resource = DriverContainer(s.Conf)
	out.FailureWindow = conf.YarnAttemptWindow.Get(s.Conf)
	out.AMNodeLabel = conf.YarnAMNodeLabel.Get(s.Conf)
	out.MaxAttempts = int32(conf.YarnMaxAppAttempts.Get(s.Conf))
	out.AM = rmclient.LaunchContext{
		Command:        Command(),
		Environment:    environment,
		LocalResources: map[string]rmclient.LocalResource{LinkName: s.program},
		Credentials: rmclient.Credentials{Secrets: map[rmclient.Alias][]byte{
			SpecAlias: spec, IdentityAlias: secret,
		}},
	}
	return out, nil
}

// context is what both deploy modes say of an application.
func (s *session) context() rmclient.SubmissionContext {
	return rmclient.SubmissionContext{
		ID: s.id, Name: s.name(), Type: "WEFT",
		Queue:    conf.YarnQueue.Get(s.Conf),
		Tags:     conf.YarnTags.Get(s.Conf),
		Priority: int32(conf.YarnPriority.Get(s.Conf)),
		Lifetime: conf.YarnLifetime.Get(s.Conf),
		// What weft writes into its log directory; a core dump beside it stays on the node.
		Logs: &rmclient.LogAggregation{Include: "(std|prelaunch|weft).*"},
	}
}

// submit hands the application over and waits until the scheduler has taken or refused it.
func (s *session) submit(ctx context.Context, c rmclient.SubmissionContext) error {
	s.submitted = true
	if err := s.client.Submit(ctx, c); err != nil {
		return err
	}
	report, err := await(ctx, s.client, s.id, conf.YarnReportInterval.Get(s.Conf), nil, accepted)
	if err != nil {
		return err
	}
	if report.State.Ended() && report.State != rmclient.Finished {
		return fmt.Errorf("submit %s to queue %s: %w", s.id, c.Queue, refused(report))
	}
	return nil
}

func accepted(r rmclient.ApplicationReport) bool { return r.State >= rmclient.Accepted }
