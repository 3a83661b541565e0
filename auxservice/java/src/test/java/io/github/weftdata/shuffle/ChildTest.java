package io.github.weftdata.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.weftdata.shuffle.proto.Auxservice.ConfigureReply;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
  private static final byte[] DATA = new byte[33];

  static {
    DATA[0] = 1;
  }

  @TempDir
  Path temp;

  private final RecordedLog log = new RecordedLog();
  private SocketDirectory sockets;

  @BeforeEach
  void makeDirectory() throws IOException {
    sockets = SocketDirectory.create();
  }

  @AfterEach
  void removeDirectory() {
    sockets.close();
  }

  private Child start(File program, long millis) throws Exception {
    Settings settings = Settings.of(Programs.configuration(program, temp));
    return Child.start(settings, sockets.file(), log, () -> {}, millis);
  }

  private String refusal(String script) {
    IOException e = assertThrows(IOException.class,
        () -> start(Programs.script(temp, script), 1_000).close());
    return e.getMessage();
  }

  @Test
  void servesAndEndsWithItsInput() throws Exception {
    Settings settings = Settings.of(Programs.configuration(Programs.real(), temp));
    CountDownLatch ended = new CountDownLatch(1);
    Child child = Child.start(settings, sockets.file(), log, ended::countDown);
    try (Connection connection = Connection.to(child.socket(), log)) {
      ConfigureReply reply = connection.configure(settings, 0, "");
      assertTrue(reply.getPort() > 0);
      connection.start(new Application("application_1_0001", "ann", DATA));
      assertEquals(1, connection.status().getApplications());
      connection.stop("application_1_0001");
      assertEquals(0, connection.status().getApplications());
    }
    child.close();
    assertTrue(ended.await(1, TimeUnit.SECONDS));
    assertEquals("ended with status 0", child.end());
  }

  @Test
  void refusesBadApplications() throws Exception {
    Settings settings = Settings.of(Programs.configuration(Programs.real(), temp));
    try (Child child = Child.start(settings, sockets.file(), log, () -> {});
        Connection connection = Connection.to(child.socket(), log)) {
      connection.configure(settings, 0, "");
      byte[] other = DATA.clone();
      other[32] = 1;
      connection.start(new Application("application_1_0001", "ann", DATA));
      for (Application bad : new Application[] {
          new Application("application_1_0001", "ann", other),
          new Application("../../etc", "ann", DATA),
          new Application("application_1_0002", "../root", DATA),
          new Application("application_1_0003", "ann", new byte[0]),
          new Application("application_1_0004", "ann", new byte[4096]),
      }) {
        Status.Code code = assertThrows(StatusRuntimeException.class, () -> connection.start(bad))
            .getStatus().getCode();
        assertTrue(code == Status.Code.INVALID_ARGUMENT || code == Status.Code.ALREADY_EXISTS,
            bad + ": " + code);
      }
    }
  }

  @Test
  void saysWhatIsWrongWithAProgram() {
    assertTrue(refusal("echo hello").contains("first line is \"hello\""));
    assertTrue(refusal("exit 3").contains("ended with status 3"));
    assertTrue(refusal("kill -9 $$").contains("was ended by signal 9"));
    assertTrue(refusal("exec sleep 60").contains("said nothing in 1000 ms"));
    assertTrue(refusal("exec >&-; exec sleep 60").contains("closed its output"));
    assertTrue(refusal("exec head -c 1000000 /dev/zero").contains("does not speak"));
    assertTrue(refusal("exec cat /dev/urandom").contains("does not speak"));
  }

  @Test
  void passesNoEnvironmentOn() throws Exception {
    assertThrows(IOException.class, () -> start(Programs.script(temp, "env >&2; echo x"), 5_000));
    int variables = 0;
    for (String line = log.lines.poll(5, TimeUnit.SECONDS); line != null; line = log.lines.poll()) {
      if (line.startsWith("warn ")) {
        variables++;
        assertTrue(line.matches("warn (PWD|TZ|TMPDIR|PLUGIN_\\w+|WEFT_SHUFFLE_PLUGIN)=.*"), line);
      }
    }
    assertTrue(variables >= 4, variables + " variables");
  }

  @Test
  void drainsWhateverItPrints() throws Exception {
    File program = Programs.script(temp, "echo '1|1|unix|" + sockets.file() + "/plugin1|grpc|'\n"
        + "head -c 2000000 /dev/zero\nhead -c 2000000 /dev/zero >&2\necho the end >&2; read line");
    try (Child child = start(program, 5_000)) {
      String line = "";
      while (line != null && !line.endsWith("the end")) {
        line = log.lines.poll(10, TimeUnit.SECONDS);
      }
      assertTrue(line != null, "the child blocks");
    }
  }
}
