package io.github.weftdata.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.server.api.ApplicationInitializationContext;
import org.apache.hadoop.yarn.server.api.ApplicationTerminationContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeftShuffleServiceTest {
  private static final ApplicationId APP = ApplicationId.newInstance(1, 1);

  @TempDir
  Path temp;

  private final WeftShuffleService service = new WeftShuffleService();

  @AfterEach
  void stop() {
    service.stop();
    assertEquals(Optional.empty(), child(), "the child outlives the service");
  }

  private int start(Configuration conf) {
    service.init(conf);
    service.start();
    ByteBuffer data = service.getMetaData();
    assertTrue(data.hasArray() && data.arrayOffset() == 0 && data.array().length == 3);
    assertEquals(1, data.get(0));
    return data.getShort(1) & 0xffff;
  }

  private static Optional<ProcessHandle> child() {
    return ProcessHandle.current().children().findFirst();
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited in vain until " + what);
      Thread.onSpinWait();
      child().ifPresent(c -> c.onExit().completeOnTimeout(c, 20, TimeUnit.MILLISECONDS).join());
    }
  }

  @Test
  void servesAgainOnTheSamePortAfterEachKill() throws Exception {
    int port = start(Programs.configuration(Programs.real(), temp));
    assertTrue(listens(port));
    for (int i = 0; i < 3; i++) {
      ProcessHandle killed = child().get();
      killed.destroyForcibly();
      killed.onExit().get();
      service.initializeApplication(new ApplicationInitializationContext(
          "ann", ApplicationId.newInstance(1, i), ByteBuffer.wrap(new byte[33])));
      until("a new child serves", () -> child().isPresent() && listens(port));
    }
  }

  @Test
  void comesUpOnceTheProgramIsThere() throws Exception {
    Path program = temp.resolve("weft-shuffled");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    assertEquals(port, start(Programs.configuration(program.toFile(), temp,
        Settings.PREFIX + "port", String.valueOf(port))));
    assertFalse(listens(port));
    Path whole = temp.resolve("whole");
    Files.copy(Programs.real().toPath(), whole, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    Files.move(whole, program);
    until("the child serves", () -> listens(port));
  }

  @Test
  void comesUpOnceThePortIsFree() throws Exception {
    ServerSocket taken = new ServerSocket(0, 1, new InetSocketAddress("127.0.0.1", 0).getAddress());
    int port = start(Programs.configuration(Programs.real(), temp,
        Settings.PREFIX + "port", String.valueOf(taken.getLocalPort())));
    assertEquals(taken.getLocalPort(), port);
    taken.close();
    until("the child serves", () -> listens(port));
  }

  @Test
  void neverThrowsIntoTheNodeManager() {
    for (String[] bad : new String[][] {
        {"port", "70000"}, {"port", "abc"}, {"max-memory", "much"}, {"metrics.port", "-1"},
        {"program", "/"}, {"program", "/dev/null"}, {"program", ""}, {"program", "/etc/passwd"},
    }) {
      WeftShuffleService broken = new WeftShuffleService();
      Configuration conf = Programs.configuration(new File("/no/such/program"), temp,
          Settings.PREFIX + "port", "7448", Settings.PREFIX + bad[0], bad[1]);
      broken.init(conf);
      broken.start();
      broken.getMetaData();
      broken.initializeApplication(
          new ApplicationInitializationContext("ann", APP, ByteBuffer.allocate(1 << 20)));
      broken.initializeApplication(new ApplicationInitializationContext("ann", APP, null));
      broken.initializeApplication(new ApplicationInitializationContext(null, null, null));
      broken.stopApplication(new ApplicationTerminationContext(APP));
      broken.stopApplication(new ApplicationTerminationContext(null));
      broken.stop();
    }
  }

  @Test
  void leavesNothingInTheTemporaryDirectory() throws Exception {
    String pid = String.valueOf(ProcessHandle.current().pid());
    start(Programs.configuration(Programs.real(), temp));
    assertEquals(1, sockets(pid));
    service.stop();
    assertEquals(0, sockets(pid));
  }

  private static int sockets(String pid) {
    return new File(System.getProperty("java.io.tmpdir"))
        .list((dir, name) -> name.startsWith("weft-shuffle-" + pid + "-")).length;
  }
}
