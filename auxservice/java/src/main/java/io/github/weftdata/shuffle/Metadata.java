package io.github.weftdata.shuffle;

import java.nio.ByteBuffer;

/**
 * Metadata is what the NodeManager tells every container of the service:
 *
 * <pre>
 *   version 1 │ port, big-endian
 *     1 byte  │     2 bytes
 * </pre>
 */
final class Metadata {
  private static final byte VERSION = 1;

  private Metadata() {}

  /** Returns a heap buffer that begins at 0, because the NodeManager takes its array as it is. */
  static ByteBuffer encode(int port) {
    return ByteBuffer.wrap(new byte[] {VERSION, (byte) (port >> 8), (byte) port});
  }
}
