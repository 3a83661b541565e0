package io.github.weftdata.shuffle;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Settings are what the NodeManager's configuration says of the service. A file
 * {@code weft-shuffle-site.xml} beside the jar overrides it, so that two versions of the service
 * can run in one NodeManager under two names.
 */
final class Settings {
  static final String PREFIX = "weft.shuffle.service.";
  static final int DEFAULT_PORT = 7448;

  final List<String> localDirs;
  final File program;
  final String host;
  final int port;
  final int metricsPort;
  final int maxConnections;
  final int maxConnectionsPerApplication;
  final long maxMemory;

  private Settings(Configuration conf, File home) {
    List<String> dirs = new ArrayList<>();
    for (String dir : conf.getTrimmedStrings("yarn.nodemanager.local-dirs")) {
      dirs.add(new Path(dir).toUri().getPath()); // file:///data/yarn is as good as /data/yarn
    }
    localDirs = Collections.unmodifiableList(dirs);
    program = new File(conf.getTrimmed(PREFIX + "program",
        new File(home, "weft-shuffled").getPath()));
    host = conf.getTrimmed(PREFIX + "host", "");
    port = number(conf, "port", DEFAULT_PORT, 65535);
    metricsPort = number(conf, "metrics.port", 0, 65535);
    maxConnections = number(conf, "max-connections", 0, Integer.MAX_VALUE);
    maxConnectionsPerApplication =
        number(conf, "max-connections-per-application", 0, Integer.MAX_VALUE);
    maxMemory = conf.getLongBytes(PREFIX + "max-memory", 0);
  }

  /** Reads the settings; a bad one is an IllegalArgumentException that names it. */
  static Settings of(Configuration conf) throws MalformedURLException {
    File home = home();
    File site = new File(home, "weft-shuffle-site.xml");
    if (site.isFile()) {
      conf = new Configuration(conf);
      conf.addResource(site.toURI().toURL());
    }
    return new Settings(conf, home);
  }

  /** The directory of the jar. */
  static File home() {
    try {
      return new File(Settings.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .getParentFile();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("find the directory of the shuffle service's jar", e);
    }
  }

  private static int number(Configuration conf, String name, int otherwise, int max) {
    String text = conf.getTrimmed(PREFIX + name, "");
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      int n = Integer.parseInt(text);
      if (n >= 0 && n <= max) {
        return n;
      }
    } catch (NumberFormatException e) {
      // answered below, with the name of the setting
    }
    throw new IllegalArgumentException(
        PREFIX + name + "=" + text + ": want a whole number from 0 to " + max);
  }
}
