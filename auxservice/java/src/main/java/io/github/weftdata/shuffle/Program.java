package io.github.weftdata.shuffle;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;

/** Program says what is wrong with the file of weft-shuffled before it is run. */
final class Program {
  private Program() {}

  /** Fails, with what to do, unless we may run the file and strangers may not write it. */
  static void check(File program) throws IOException {
    if (!program.isFile()) {
      throw new IOException("no program at " + program + ": copy weft-shuffled there from weft's"
          + " release, or set " + Settings.PREFIX + "program");
    }
    if (!program.canExecute()) {
      throw new IOException(program + " may not be run by " + System.getProperty("user.name")
          + ": chmod 755 " + program);
    }
    if (Files.getPosixFilePermissions(program.toPath())
        .contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(program + " may be written by everybody: chmod 755 " + program);
    }
  }
}
