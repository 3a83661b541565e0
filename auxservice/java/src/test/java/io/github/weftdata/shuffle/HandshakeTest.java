package io.github.weftdata.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
  private static final File DIRECTORY = new File("/tmp/d");

  @ParameterizedTest
  @ValueSource(strings = {"1|1|unix|/tmp/d/plugin1|grpc", "1|1|unix|/tmp/d/plugin1|grpc|",
      "1|1|unix|/tmp/d/plugin1|grpc||true"})
  void namesTheSocket(String line) throws IOException {
    assertEquals(new File("/tmp/d/plugin1"), Handshake.socket(line, DIRECTORY));
  }

  @ParameterizedTest
  @CsvSource(value = {
      "'', does not speak",
      "hello, does not speak",
      "1|1|tcp|127.0.0.1:1|grpc|, does not speak",
      "1|1|unix|/tmp/d/plugin1|netrpc|, does not speak",
      "2|1|unix|/tmp/d/plugin1|grpc|, does not speak",
      "1|1|unix|/tmp/d/plugin1|grpc|MIIB, does not speak",
      "1|2|unix|/tmp/d/plugin1|grpc|, same release",
      "1|1|unix|/tmp/d/../plugin1|grpc|, outside",
      "1|1|unix|/tmp/d/..|grpc|, outside",
      "1|1|unix|/run/docker.sock|grpc|, outside",
      "1|1|unix||grpc|, outside",
  })
  void refusesOtherLines(String line, String reason) {
    IOException e = assertThrows(IOException.class, () -> Handshake.socket(line, DIRECTORY));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  @Test
  void refusesWhateverChanceWrites() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      String line = mutant(random);
      try {
        assertEquals(DIRECTORY, Handshake.socket(line, DIRECTORY).getParentFile(), line);
      } catch (IOException refused) {
        assertTrue(refused.getMessage().length() < 500, "seed " + seed);
        assertTrue(refused.getMessage().chars().noneMatch(c -> c < ' '), "seed " + seed);
      }
    }
  }

  private static String mutant(Random random) {
    char[] line = "1|1|unix|/tmp/d/plugin1|grpc|".toCharArray();
    for (int n = random.nextInt(4); n >= 0; n--) {
      line[random.nextInt(line.length)] = (char) random.nextInt(random.nextBoolean() ? 128 : 65536);
    }
    return new String(line, 0, random.nextInt(line.length) + 1);
  }
}
