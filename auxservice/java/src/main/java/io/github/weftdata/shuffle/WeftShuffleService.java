package io.github.weftdata.shuffle;

import java.nio.ByteBuffer;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.yarn.server.api.ApplicationInitializationContext;
import org.apache.hadoop.yarn.server.api.ApplicationTerminationContext;
import org.apache.hadoop.yarn.server.api.AuxiliaryService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WeftShuffleService is weft's auxiliary service in a NodeManager. It serves nothing itself: it
 * starts the program weft-shuffled, keeps it running, and passes on which applications run.
 *
 * <p>An auxiliary service that throws when it starts stops its NodeManager. This one never throws:
 * what goes wrong is logged with the next step, and the node goes on without the service. Nor does
 * it make the NodeManager wait: all calls to the child are made by the supervisor's thread.
 */
public final class WeftShuffleService extends AuxiliaryService {
  private static final Logger LOG = LoggerFactory.getLogger(WeftShuffleService.class);

  /** How long the NodeManager's start may wait for a port that the child chooses. */
  private static final long PORT_MILLIS = 3_000;

  /** An application's data is 33 bytes; more than this is not weft's. */
  private static final int MAX_DATA = 4 << 10;

  private final Applications applications = new Applications();
  private Supervisor supervisor; // null where the settings are wrong
  private int port;

  /** Made by the NodeManager, by reflection. */
  public WeftShuffleService() {
    super("weft_shuffle");
  }

  @Override
  protected void serviceInit(Configuration conf) {
    guarded("could not read its settings", () ->
        supervisor = new Supervisor(Settings.of(conf), recoveryDir(), applications));
  }

  /** Set by the NodeManager before serviceInit where yarn.nodemanager.recovery.enabled is true. */
  private String recoveryDir() {
    Path path = getRecoveryPath();
    return path == null ? "" : path.toUri().getPath();
  }

  @Override
  protected void serviceStart() {
    guarded("could not start", () -> {
      if (supervisor != null) {
        supervisor.start();
        port = supervisor.port(PORT_MILLIS);
      }
      if (port == 0) {
        LOG.error("The shuffle service has no port to publish: jobs that want it fail on this node."
            + " Mend what is logged above and restart the NodeManager");
      }
    });
  }

  @Override
  protected void serviceStop() {
    guarded("could not stop", () -> {
      if (supervisor != null) {
        supervisor.stop();
      }
    });
  }

  @Override
  public void initializeApplication(ApplicationInitializationContext context) {
    guarded("could not take an application", () -> {
      if (supervisor == null) {
        return;
      }
      ByteBuffer data = context.getApplicationDataForService();
      String id = context.getApplicationId().toString();
      if (data == null || data.remaining() > MAX_DATA) {
        LOG.warn("The shuffle service ignores {}: its service data is not weft's", id);
        return;
      }
      byte[] bytes = new byte[data.remaining()];
      data.duplicate().get(bytes);
      if (!applications.start(new Application(id, context.getUser(), bytes))) {
        LOG.warn("The shuffle service hears of {} when it runs again", id);
      }
    });
  }

  @Override
  public void stopApplication(ApplicationTerminationContext context) {
    guarded("could not end an application", () -> {
      String id = context.getApplicationId().toString();
      if (supervisor != null && !applications.stop(id)) {
        LOG.warn("The shuffle service keeps the secret of {} until the node's recovery directory is"
            + " cleared: too many applications ended while weft-shuffled did not run", id);
      }
    });
  }

  /** Published once after the start, to containers as NM_AUX_SERVICE_weft_shuffle. */
  @Override
  public ByteBuffer getMetaData() {
    return Metadata.encode(port);
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void guarded(String what, Step step) {
    try {
      step.run();
    } catch (Throwable t) {
      LOG.error("The shuffle service " + what + "; the NodeManager goes on without it."
          + " Correct yarn-site.xml or the installation and restart the NodeManager", t);
    }
  }
}
