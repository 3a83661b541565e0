package io.github.weftdata.shuffle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Lines reads text line by line in bounded memory: a longer line comes in pieces. */
final class Lines {
  static final int MAX = 8 << 10;

  private final InputStream in;
  private final byte[] read = new byte[MAX];
  private int next;
  private int end;

  Lines(InputStream in) {
    this.in = in;
  }

  /** Returns the next line or piece without its line feed, or null at the end. */
  String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (line.size() < MAX) {
      if (next == end && !fill()) {
        return line.size() == 0 ? null : text(line);
      }
      byte b = read[next++];
      if (b == '\n') {
        return text(line);
      }
      line.write(b);
    }
    return text(line);
  }

  private boolean fill() throws IOException {
    next = 0;
    end = Math.max(0, in.read(read));
    return end > 0;
  }

  private static String text(ByteArrayOutputStream line) {
    return new String(line.toByteArray(), StandardCharsets.UTF_8);
  }
}
