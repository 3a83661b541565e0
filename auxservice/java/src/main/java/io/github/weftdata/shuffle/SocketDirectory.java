package io.github.weftdata.shuffle;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * SocketDirectory is where the child's socket lies: open to the NodeManager's user alone, and
 * short, because the path of a socket has 107 bytes. Its name holds the NodeManager's process id, by which
 * the next one finds and removes what a NodeManager left that was killed.
 */
final class SocketDirectory implements AutoCloseable {
  private static final String PREFIX = "weft-shuffle-";
  private static final int MAX_PATH = 107 - "/plugin4294967295".length();

  private final Path path;

  private SocketDirectory(Path path) {
    this.path = path;
  }

  static SocketDirectory create() throws IOException {
    Path parent = Paths.get(System.getProperty("java.io.tmpdir", "/tmp"));
    return createIn(parent.toString().length() + 50 < MAX_PATH ? parent : Paths.get("/tmp"));
  }

  static SocketDirectory createIn(Path parent) throws IOException {
    sweep(parent);
    return new SocketDirectory(Files.createTempDirectory(parent, PREFIX + pid() + "-",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
  }

  File file() {
    return path.toFile();
  }

  @Override
  public void close() {
    remove(path.toFile());
  }

  private static void sweep(Path parent) {
    File[] found = parent.toFile().listFiles((dir, name) -> name.startsWith(PREFIX));
    for (File old : found == null ? new File[0] : found) {
      String pid = old.getName().substring(PREFIX.length()).split("-")[0];
      boolean directory = Files.isDirectory(old.toPath(), LinkOption.NOFOLLOW_LINKS);
      if (directory && !new File("/proc", pid).exists()) {
        remove(old); // of another user: it stays, which does no harm
      }
    }
  }

  private static void remove(File directory) {
    File[] sockets = directory.listFiles();
    for (File socket : sockets == null ? new File[0] : sockets) {
      socket.delete();
    }
    directory.delete();
  }

  private static String pid() {
    return ManagementFactory.getRuntimeMXBean().getName().split("@")[0];
  }
}
