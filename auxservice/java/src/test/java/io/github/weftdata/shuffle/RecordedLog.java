package io.github.weftdata.shuffle;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** RecordedLog keeps what a child says, for tests: "level message". */
class RecordedLog extends ChildLog {
  final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  @Override
  void write(String level, String message) {
    lines.add(level + " " + message);
  }
}
