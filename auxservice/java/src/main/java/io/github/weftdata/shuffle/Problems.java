package io.github.weftdata.shuffle;

import io.grpc.StatusRuntimeException;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Problems logs why the child does not run: each reason once, and again every ten minutes. */
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(WeftShuffleService.class);
  private static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(10);

  private String last = "";
  private long logged;

  void report(Throwable problem) {
    String text = text(problem);
    long now = System.nanoTime();
    if (text.equals(last) && now - logged < REPEAT_NANOS) {
      return;
    }
    last = text;
    logged = now;
    LOG.error("The shuffle service does not run on this node, and is tried again; the NodeManager"
        + " goes on without it: {}", text, expected(problem) ? null : problem);
  }

  /** There is none any more: the next is logged even if it is the last one again. */
  void over() {
    last = "";
  }

  /** What happens for reasons outside this program needs no stack trace. */
  private static boolean expected(Throwable problem) {
    return problem instanceof IOException || problem instanceof StatusRuntimeException;
  }

  private static String text(Throwable problem) {
    if (problem instanceof LinkageError) {
      return problem + ": gRPC's native library could not be loaded; where "
          + System.getProperty("java.io.tmpdir") + " is mounted noexec, add"
          + " -Dio.grpc.netty.shaded.io.netty.native.workdir=DIR to YARN_NODEMANAGER_OPTS";
    }
    if (problem instanceof StatusRuntimeException) {
      return "weft-shuffled answers " + ((StatusRuntimeException) problem).getStatus();
    }
    return problem instanceof IOException ? problem.getMessage() : problem.toString();
  }
}
