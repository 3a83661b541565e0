package io.github.weftdata.shuffle;

import io.github.weftdata.shuffle.proto.Auxservice.ConfigureReply;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Supervisor keeps one child running until it is stopped. One thread starts it, tells it of
 * applications, asks how it does, and starts the next one after a pause when it has ended:
 *
 * <pre>
 *   start ──▶ handshake ──▶ Configure ──▶ all applications ──▶ changes, Status every 5 s
 *     ▲          │              │                │                        │
 *     └─ pause ◀─┴──────────────┴────────────────┴── any failure, any end ┘
 * </pre>
 */
final class Supervisor {
  static final long STATUS_MILLIS = 5_000;
  static final long STOP_MILLIS = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(WeftShuffleService.class);
  private static final int MAX_UNANSWERED = 3;

  private final Settings settings;
  private final String recoveryDir;
  private final Applications applications;
  private final ChildLog childLog = new ChildLog();
  private final Problems problems = new Problems();
  private final Thread thread = new Thread(this::run, "weft-shuffle supervisor");
  private final CompletableFuture<Integer> firstPort = new CompletableFuture<>();
  private volatile boolean stopping;
  private int port;

  /** The recovery directory is empty where nothing need outlive the NodeManager. */
  Supervisor(Settings settings, String recoveryDir, Applications applications) {
    this.settings = settings;
    this.recoveryDir = recoveryDir;
    this.applications = applications;
    this.port = settings.port;
    thread.setDaemon(true);
    thread.setContextClassLoader(Supervisor.class.getClassLoader());
  }

  void start() {
    thread.start();
  }

  /** The port of the data, or 0 where no child could say it in so much time. */
  int port(long millis) {
    if (settings.port != 0) {
      return settings.port;
    }
    try {
      return firstPort.get(millis, TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      return 0;
    }
  }

  /** Ends the child and waits for that, some seconds at most. */
  void stop() throws InterruptedException {
    stopping = true;
    thread.interrupt();
    thread.join(STOP_MILLIS);
  }

  private void run() {
    Backoff backoff = new Backoff();
    while (!stopping) {
      long began = System.nanoTime();
      try {
        serve();
      } catch (Throwable t) {
        if (!stopping) {
          problems.report(t);
        }
      }
      pause(backoff.after(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)));
    }
  }

  private void pause(long millis) {
    try {
      if (!stopping) {
        Thread.sleep(millis);
      }
    } catch (InterruptedException e) {
      // only stop interrupts
    }
  }

  /** Runs one child to its end, which is an exception but for stop. */
  private void serve() throws IOException, InterruptedException {
    Program.check(settings.program);
    try (SocketDirectory directory = SocketDirectory.create();
        Child child = Child.start(settings, directory.file(), childLog, applications::wake);
        Connection connection = Connection.to(child.socket(), childLog)) {
      configure(connection);
      for (Application a : applications.all()) {
        tell(connection, new Applications.Change(a));
      }
      firstPort.complete(port);
      attend(child, connection);
    }
  }

  private void configure(Connection connection) {
    ConfigureReply reply = connection.configure(settings, port, recoveryDir);
    port = reply.getPort(); // the next child's as well: clients know it
    problems.over();
    LOG.info("The shuffle service serves on port {}: weft-shuffled {}, {} applications recovered",
        port, reply.getVersion(), reply.getApplications());
    if (!reply.getWarning().isEmpty()) {
      LOG.warn("The shuffle service: {}", reply.getWarning());
    }
  }

  private void attend(Child child, Connection connection) throws IOException, InterruptedException {
    int unanswered = 0;
    long asked = System.nanoTime();
    while (!stopping) {
      Applications.Change change = applications.next(STATUS_MILLIS);
      if (child.ended()) {
        throw new IOException("weft-shuffled " + child.end());
      }
      if (change != null) {
        tell(connection, change);
        applications.done(change);
      }
      if (System.nanoTime() - asked >= TimeUnit.MILLISECONDS.toNanos(STATUS_MILLIS)) {
        unanswered = answers(connection) ? 0 : unanswered + 1;
        asked = System.nanoTime();
      }
      if (unanswered == MAX_UNANSWERED) {
        child.kill();
        throw new IOException("weft-shuffled answered no question for "
            + unanswered * (STATUS_MILLIS + Connection.CALL_MILLIS) / 1000 + " s and was killed");
      }
    }
  }

  private boolean answers(Connection connection) {
    try {
      connection.status();
      return true;
    } catch (StatusRuntimeException e) {
      LOG.warn("weft-shuffled did not say how it does: {}", e.getStatus());
      return false;
    }
  }

  /** Tells the child of a change. A refusal is final; that it cannot answer is an exception. */
  private void tell(Connection connection, Applications.Change change) {
    try {
      if (change.start != null) {
        connection.start(change.start);
      } else {
        connection.stop(change.id);
      }
    } catch (StatusRuntimeException e) {
      Status.Code code = e.getStatus().getCode();
      if (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED
          || code == Status.Code.CANCELLED) {
        throw e;
      }
      LOG.warn("The shuffle service refused the {} of {}: {}",
          change.start != null ? "start" : "end", change.id, e.getStatus());
    }
  }
}
