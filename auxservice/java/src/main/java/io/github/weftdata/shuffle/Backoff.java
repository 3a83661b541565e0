package io.github.weftdata.shuffle;

/**
 * Backoff is the pause before the next start of the child: short after a first failure, doubled
 * with each further one, short again after a child that lasted. A node that stays broken is tried less
 * often, because each try writes into its log.
 */
final class Backoff {
  static final long FIRST_MILLIS = 200;
  static final long MAX_MILLIS = 4_000;
  static final long BROKEN_MILLIS = 30_000;
  static final int BROKEN = 20;
  static final long LASTED_MILLIS = 4_000;

  private long next = FIRST_MILLIS;
  private int failures;

  /** The pause after a child that ran for so long. */
  long after(long ranMillis) {
    if (ranMillis >= LASTED_MILLIS) {
      next = FIRST_MILLIS;
      failures = 0;
    }
    failures++;
    long pause = next;
    next = Math.min(2 * next, failures < BROKEN ? MAX_MILLIS : BROKEN_MILLIS);
    return pause;
  }
}
