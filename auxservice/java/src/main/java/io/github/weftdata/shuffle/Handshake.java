package io.github.weftdata.shuffle;

import java.io.File;
import java.io.IOException;

/**
 * Handshake is the one line by which a go-plugin child says where it listens:
 *
 * <pre>
 *   1|1|unix|/tmp/weft-shuffle-…/plugin123|grpc|
 *   │ │ │    │                             │    └ server certificate; empty: none is used
 *   │ │ │    │                             └ protocol on the socket
 *   │ │ │    └ the socket, in the directory that the child was given
 *   │ │ └ network
 *   │ └ version of auxservice.proto
 *   └ version of go-plugin's own protocol
 * </pre>
 */
final class Handshake {
  /** The environment variable without which weft-shuffled refuses to run as a child. */
  static final String COOKIE_NAME = "WEFT_SHUFFLE_PLUGIN";
  static final String COOKIE = "b1f2c9d4-weft-shuffle";
  static final String VERSION = "1";

  private static final int SHOWN = 200;

  private Handshake() {}

  /** Returns the socket that the line names, which must lie in the directory. */
  static File socket(String line, File directory) throws IOException {
    String[] parts = line.split("\\|", -1);
    if (parts.length < 5 || parts.length > 7 || !parts[0].equals("1") || !parts[2].equals("unix")
        || !parts[4].equals("grpc") || parts.length > 5 && !parts[5].isEmpty()) {
      throw new IOException("the program does not speak as weft-shuffled does; its first line is \""
          + printable(line) + "\": check " + Settings.PREFIX + "program");
    }
    if (!parts[1].equals(VERSION)) {
      throw new IOException("weft-shuffled speaks version " + printable(parts[1])
          + " and the jar version " + VERSION + ": install both from the same release of weft");
    }
    File socket = new File(parts[3]);
    if (!directory.equals(socket.getParentFile()) || socket.getName().equals("..")) {
      throw new IOException("weft-shuffled names the socket " + printable(parts[3])
          + " outside " + directory);
    }
    return socket;
  }

  /** The text without control characters, shortened: it goes into a log. */
  static String printable(String text) {
    String cut = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
