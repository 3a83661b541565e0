package io.github.weftdata.shuffle;

import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ChildLog writes what weft-shuffled says into the NodeManager's log: a line of hclog's JSON at its
 * own level, anything else, such as a Go panic, as it stands.
 */
class ChildLog {
  private static final Logger LOG = LoggerFactory.getLogger("weft-shuffled");

  /** Writes one line; raw is the level of a line that is no JSON. */
  void line(String line, String raw) {
    Map<String, String> fields = line.startsWith("{") ? FlatJson.parse(line) : null;
    if (fields == null || !fields.containsKey("@message")) {
      write(raw, line);
      return;
    }
    write(String.valueOf(fields.get("@level")), message(fields));
  }

  private static String message(Map<String, String> fields) {
    StringBuilder text = new StringBuilder(fields.get("@message"));
    for (Map.Entry<String, String> field : fields.entrySet()) {
      if (!field.getKey().startsWith("@")) {
        text.append(' ').append(field.getKey()).append('=').append(field.getValue());
      }
    }
    return text.toString();
  }

  /** Writes at a level as hclog names it. A line feed inside would let the child forge lines. */
  void write(String level, String message) {
    String text = message.replaceAll("[\\p{Cntrl}&&[^\t]]", " ");
    switch (level) {
      case "error":
        LOG.error(text);
        break;
      case "warn":
        LOG.warn(text);
        break;
      case "debug":
        LOG.debug(text);
        break;
      case "trace":
        LOG.trace(text);
        break;
      default:
        LOG.info(text);
    }
  }
}
