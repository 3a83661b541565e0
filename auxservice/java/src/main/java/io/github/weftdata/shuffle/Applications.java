package io.github.weftdata.shuffle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Applications are those that run on this node, and what the child has yet to be told of them. The
 * NodeManager's threads add and never wait; the supervisor's thread takes. A child that starts is
 * told of all of them, whatever its predecessor knew.
 */
final class Applications {
  /** Bounds what waits while no child runs: the ends of so many applications. */
  static final int MAX_WAITING = 10_000;

  /** A word for the child: one application's start, or its end where start is null. */
  static final class Change {
    final String id;
    final Application start;

    Change(Application start) {
      this.id = start.id;
      this.start = start;
    }

    private Change(String id) {
      this.id = id;
      this.start = null;
    }
  }

  private final Map<String, Application> known = new LinkedHashMap<>();
  private final Deque<Change> waiting = new ArrayDeque<>();
  private boolean woken;

  /**
   * Adds an application; false where it must wait for the next child, because too much waits. It
   * comes once for each container, so that most are known. Of two secrets the first is kept; the
   * child refuses the other.
   */
  synchronized boolean start(Application application) {
    Application first = known.putIfAbsent(application.id, application);
    return first != null && first.same(application)
        || add(new Change(application));
  }

  /** Removes an application; false where the child will not hear of it, because too much waits. */
  synchronized boolean stop(String id) {
    known.remove(id);
    return add(new Change(id));
  }

  private boolean add(Change change) {
    if (waiting.size() >= MAX_WAITING) {
      return false;
    }
    waiting.add(change);
    notifyAll();
    return true;
  }

  /** All that run, for a child that starts. Their starts need not wait any more. */
  synchronized List<Application> all() {
    waiting.removeIf(c -> c.start != null && known.get(c.id) == c.start);
    return new ArrayList<>(known.values());
  }

  /**
   * Waits for a change and returns it, or null after some time or a call of wake. It stays first
   * until it is done.
   */
  synchronized Change next(long millis) throws InterruptedException {
    if (waiting.isEmpty() && !woken) {
      wait(millis);
    }
    woken = false;
    return waiting.peek();
  }

  synchronized void done(Change change) {
    if (waiting.peek() == change) {
      waiting.remove();
    }
  }

  /** Ends a wait in next: there is news of the child. */
  synchronized void wake() {
    woken = true;
    notifyAll();
  }
}
