package io.github.weftdata.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ApplicationsTest {
  private final Applications applications = new Applications();

  private static Application application(int n, int secret) {
    return new Application("application_1_" + n, "ann", new byte[] {1, (byte) secret});
  }

  private Applications.Change take() throws InterruptedException {
    Applications.Change change = applications.next(1);
    if (change != null) {
      applications.done(change);
    }
    return change;
  }

  @Test
  void tellsEachStartOnce() throws InterruptedException {
    Application first = application(1, 7);
    assertTrue(applications.start(first));
    assertTrue(applications.start(application(1, 7))); // the second container
    assertTrue(applications.stop(first.id));
    assertSame(first, take().start);
    assertNull(take().start);
    assertNull(take());
  }

  @Test
  void keepsTheFirstOfTwoSecrets() throws InterruptedException {
    Application first = application(1, 7);
    Application other = application(1, 8);
    applications.start(first);
    applications.start(other);
    assertEquals(1, applications.all().size());
    assertSame(first, applications.all().get(0));
    assertSame(other, take().start); // for the child to refuse
  }

  @Test
  void holdsAChangeUntilItIsDone() throws InterruptedException {
    applications.stop("application_1_1");
    Applications.Change change = applications.next(1);
    assertSame(change, applications.next(1));
    applications.done(change);
    assertNull(applications.next(1));
  }

  @Test
  void waitsWithinBounds() {
    for (int i = 0; i < Applications.MAX_WAITING; i++) {
      assertTrue(applications.stop("application_1_" + i));
    }
    assertFalse(applications.stop("application_1_0"));
    assertFalse(applications.start(application(1, 7)));
    assertEquals(1, applications.all().size()); // the next child hears of it
  }
}
