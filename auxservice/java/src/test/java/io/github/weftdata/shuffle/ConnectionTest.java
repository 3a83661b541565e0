package io.github.weftdata.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is at the other end of the socket may be broken, or not weft-shuffled at all. */
class ConnectionTest {
  private static final int FRAMES = 64 << 10;

  @TempDir
  Path temp;

  private interface Peer {
    void answer(SocketChannel channel) throws IOException;
  }

  /** Calls a peer and returns how the call failed. */
  private Status.Code call(Peer peer) throws Exception {
    Path socket = temp.resolve("plugin" + System.nanoTime());
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread thread = new Thread(() -> serve(server, peer));
      thread.start();
      try (Connection connection = Connection.to(socket.toFile(), new RecordedLog())) {
        return assertThrows(StatusRuntimeException.class, connection::status).getStatus().getCode();
      } finally {
        server.close();
        thread.join();
      }
    }
  }

  private static void serve(ServerSocketChannel server, Peer peer) {
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        peer.answer(channel);
      } catch (IOException e) {
        // the connection or the test has ended
      }
    }
  }

  @Test
  void noiseIsAFailedCall() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      byte[] noise = new byte[random.nextInt(FRAMES)];
      random.nextBytes(noise);
      Status.Code code = call(channel -> channel.write(ByteBuffer.wrap(noise)));
      assertTrue(code == Status.Code.UNAVAILABLE || code == Status.Code.INTERNAL
          || code == Status.Code.UNKNOWN, code + ", seed " + seed);
    }
  }

  @Test
  void damagedFramesAreAFailedCall() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      // A server's settings, as HTTP/2 begins, then frames of any kind and length.
      ByteBuffer frames = ByteBuffer.allocate(FRAMES);
      frames.put(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
      while (frames.remaining() > 300) {
        int length = random.nextInt(256);
        frames.put(new byte[] {0, 0, (byte) length, (byte) random.nextInt(10),
            (byte) random.nextInt(64), 0, 0, 0, (byte) random.nextInt(6)});
        byte[] payload = new byte[length];
        random.nextBytes(payload);
        frames.put(payload);
      }
      frames.flip();
      Status.Code code = call(channel -> channel.write(frames.duplicate()));
      assertTrue(code != Status.Code.OK, code + ", seed " + seed);
    }
  }

  @Test
  void silenceEndsWithADeadline() throws Exception {
    long began = System.nanoTime();
    assertEquals(Status.Code.DEADLINE_EXCEEDED, call(channel -> {
      ByteBuffer sink = ByteBuffer.allocate(4096);
      while (channel.read(sink) >= 0) {
        sink.clear();
      }
    }));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    assertTrue(millis < 4 * Connection.CALL_MILLIS, millis + " ms");
  }
}
