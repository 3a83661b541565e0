package io.github.weftdata.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BackoffTest {
  @Test
  void growsToALimitAndStartsAnewAfterAChildThatLasted() {
    Backoff backoff = new Backoff();
    assertEquals(200, backoff.after(0));
    assertEquals(400, backoff.after(3_999));
    for (int i = 0; i < 10; i++) {
      backoff.after(0);
    }
    assertEquals(Backoff.MAX_MILLIS, backoff.after(0));
    for (int i = 0; i < Backoff.BROKEN; i++) {
      backoff.after(0);
    }
    assertEquals(Backoff.BROKEN_MILLIS, backoff.after(0));
    assertEquals(200, backoff.after(Backoff.LASTED_MILLIS));
    assertEquals(400, backoff.after(0));
  }
}
