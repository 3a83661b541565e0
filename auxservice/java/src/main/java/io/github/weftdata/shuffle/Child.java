package io.github.weftdata.shuffle;

import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Child is one running weft-shuffled. It holds the child's standard input open: when that ends,
 * with this JVM at the latest, the child ends as well.
 */
final class Child implements AutoCloseable {
  /** How long a child may take to its handshake, which takes 20 ms on an idle node. */
  static final long HANDSHAKE_MILLIS = 10_000;

  private static final long EOF_MILLIS = 2_500;
  private static final long SIGNAL_MILLIS = 500;

  private final Process process;
  private final CompletableFuture<String> firstLine = new CompletableFuture<>();
  private final Runnable ended;
  private volatile boolean outputEnded;
  private File socket;

  private Child(Process process, Runnable ended) {
    this.process = process;
    this.ended = ended;
  }

  /**
   * Starts the program and waits for its handshake. What it writes goes to log from then on; ended
   * is called, from another thread, when it will write no more.
   */
  static Child start(Settings settings, File directory, ChildLog log, Runnable ended)
      throws IOException, InterruptedException {
    return start(settings, directory, log, ended, HANDSHAKE_MILLIS);
  }

  static Child start(Settings settings, File directory, ChildLog log, Runnable ended, long millis)
      throws IOException, InterruptedException {
    Child child = new Child(builder(settings, directory).start(), ended);
    try {
      child.drain("stdout", () -> child.copyOutput(log));
      Lines errors = new Lines(child.process.getErrorStream());
      child.drain("stderr", () -> child.copy(errors, log, "warn"));
      child.socket = Handshake.socket(child.firstLine(millis), directory);
      return child;
    } catch (Throwable t) {
      try {
        child.process.waitFor(SIGNAL_MILLIS, TimeUnit.MILLISECONDS); // for its last words
      } finally {
        child.kill();
      }
      throw t;
    }
  }

  private static ProcessBuilder builder(Settings settings, File directory) {
    ProcessBuilder builder = new ProcessBuilder(settings.program.getPath());
    builder.directory(new File("/"));
    Map<String, String> environment = builder.environment();
    String zone = environment.get("TZ");
    environment.clear(); // the NodeManager's may hold secrets, and LD_PRELOAD
    if (zone != null) {
      environment.put("TZ", zone);
    }
    environment.put("TMPDIR", directory.getPath());
    environment.put("PLUGIN_UNIX_SOCKET_DIR", directory.getPath());
    environment.put("PLUGIN_PROTOCOL_VERSIONS", Handshake.VERSION);
    environment.put(Handshake.COOKIE_NAME, Handshake.COOKIE);
    return builder;
  }

  File socket() {
    return socket;
  }

  private void drain(String name, Runnable copy) {
    Thread thread = new Thread(copy, "weft-shuffled " + name);
    thread.setDaemon(true);
    thread.setContextClassLoader(Child.class.getClassLoader());
    thread.start();
  }

  private void copyOutput(ChildLog log) {
    Lines lines = new Lines(process.getInputStream());
    try {
      String line = lines.next();
      firstLine.complete(line == null ? "" : line);
      copy(lines, log, "info");
    } catch (IOException e) {
      firstLine.complete("");
    }
    outputEnded = true;
    ended.run();
  }

  /** Reads to the end whatever happens: a full pipe would stop the child. */
  private void copy(Lines lines, ChildLog log, String level) {
    try {
      for (String line = lines.next(); line != null; line = lines.next()) {
        log.line(line, level);
      }
    } catch (IOException e) {
      log.write("debug", "its output ended: " + e); // the process is gone
    }
  }

  private String firstLine(long millis) throws IOException, InterruptedException {
    try {
      String line = firstLine.get(millis, TimeUnit.MILLISECONDS);
      if (line.isEmpty()) {
        throw new IOException("weft-shuffled " + end() + " before it was ready: see its lines");
      }
      return line;
    } catch (TimeoutException e) {
      throw new IOException("weft-shuffled said nothing in " + millis + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  /** Whether the child has gone, or will: one that closed its output is of no use. */
  boolean ended() {
    return outputEnded || !process.isAlive();
  }

  /** How the child ended, as a log says it. The process ends shortly after its output does. */
  String end() throws InterruptedException {
    process.waitFor(SIGNAL_MILLIS, TimeUnit.MILLISECONDS);
    if (process.isAlive()) {
      return "closed its output";
    }
    int status = process.exitValue();
    return status > 128 ? "was ended by signal " + (status - 128) : "ended with status " + status;
  }

  /** Ends the child by the end of its input, else by SIGTERM and SIGKILL, in 3.5 s at most. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted(); // the stop of the NodeManager; it waits for this
    try {
      process.getOutputStream().close();
      if (!process.waitFor(EOF_MILLIS, TimeUnit.MILLISECONDS)) {
        process.destroy();
        process.waitFor(SIGNAL_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (IOException e) {
      // its end of the pipe is closed
    } catch (InterruptedException e) {
      interrupted = true;
    }
    kill();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the child at once. What it has written to the end is read only if it ended by itself. */
  void kill() {
    if (process.isAlive()) {
      process.destroyForcibly();
    }
  }
}
