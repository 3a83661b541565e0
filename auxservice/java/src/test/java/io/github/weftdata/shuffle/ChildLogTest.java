package io.github.weftdata.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Random;

import org.junit.jupiter.api.Test;

class ChildLogTest {
  private final RecordedLog log = new RecordedLog();

  private void says(String want, String line) {
    log.line(line, "warn");
    assertEquals(want, log.lines.poll());
  }

  @Test
  void takesLevelAndFieldsFromHclog() {
    says("info serving port=7448 secure=true apps=[\"a\",{\"b\":1}] note=a \"b\" ✓",
        "{\"@level\":\"info\",\"@message\":\"serving\",\"@module\":\"weft-shuffled\",\"port\":7448,"
            + " \"secure\":true,\"apps\":[\"a\",{\"b\":1}],\"note\":\"a \\\"b\\\" \\u2713\"}");
    says("error x", "{\"@message\":\"x\",\"@level\":\"error\"}");
  }

  @Test
  void keepsOtherLinesAsTheyStand() {
    for (String line : new String[] {"panic: boom", "", "{", "{}", "{\"@message\"", "{\"a\":1}",
        "{\"@message\":\"x\"} and more", "{\"@message\":\"\\u12", "{\"@message\":\"\\uzzzz\"}"}) {
      says("warn " + line, line);
    }
  }

  @Test
  void livesThroughWhateverChanceWrites() {
    String good = "{\"@level\":\"info\",\"@message\":\"a\",\"n\":[1,{\"b\":\"c\"}]}";
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      char[] line = good.toCharArray();
      line[random.nextInt(line.length)] = (char) random.nextInt(128);
      log.line(new String(line, 0, 1 + random.nextInt(line.length)), "warn");
      assertNotNull(log.lines.poll(), "seed " + seed);
    }
  }
}
