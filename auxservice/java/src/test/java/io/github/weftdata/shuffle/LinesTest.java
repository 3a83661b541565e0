package io.github.weftdata.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

class LinesTest {
  private static Lines of(String text) {
    return new Lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void readsLineByLine() throws IOException {
    Lines lines = of("one\n\nthree ✓\nno line feed");
    assertEquals("one", lines.next());
    assertEquals("", lines.next());
    assertEquals("three ✓", lines.next());
    assertEquals("no line feed", lines.next());
    assertNull(lines.next());
  }

  @Test
  void cutsLongLines() throws IOException {
    Lines lines = of("x".repeat(2 * Lines.MAX + 5) + "\nnext");
    assertEquals(Lines.MAX, lines.next().length());
    assertEquals(Lines.MAX, lines.next().length());
    assertEquals("xxxxx", lines.next());
    assertEquals("next", lines.next());
    assertNull(lines.next());
  }
}
