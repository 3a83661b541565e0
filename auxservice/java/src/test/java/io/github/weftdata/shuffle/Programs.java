package io.github.weftdata.shuffle;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.apache.hadoop.conf.Configuration;

/** Programs are what tests start in the place of weft-shuffled, and the real one. */
final class Programs {
  private Programs() {}

  /** The real program, which make builds first. */
  static File real() {
    File program = new File(System.getProperty("weft.shuffled"));
    if (!program.canExecute()) {
      throw new IllegalStateException("build " + program + " by: make auxservice");
    }
    return program;
  }

  /** A shell script. */
  static File script(Path directory, String body) throws IOException {
    Path file = Files.createTempFile(directory, "program", ".sh");
    Files.write(file, ("#!/bin/sh\n" + body + "\n").getBytes("UTF-8"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toFile();
  }

  /** A configuration as a NodeManager has it; more are names and values in turn. */
  static Configuration configuration(File program, Path localDir, String... more) {
    Configuration conf = new Configuration(false);
    conf.set("yarn.nodemanager.local-dirs", localDir.toString());
    conf.set(Settings.PREFIX + "program", program.getPath());
    conf.set(Settings.PREFIX + "host", "127.0.0.1");
    conf.set(Settings.PREFIX + "port", "0");
    for (int i = 0; i < more.length; i += 2) {
      conf.set(more[i], more[i + 1]);
    }
    return conf;
  }
}
