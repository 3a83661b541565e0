package io.github.weftdata.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketDirectoryTest {
  private static final String DEAD = "4194999"; // above the kernel's largest process id

  @TempDir
  Path temp;

  @Test
  void isTheUsersAloneAndShort() throws IOException {
    try (SocketDirectory d = SocketDirectory.createIn(temp)) {
      assertEquals("rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(d.file().toPath())));
      Files.createFile(d.file().toPath().resolve("plugin1"));
    }
    assertEquals(0, temp.toFile().list().length);
    try (SocketDirectory d = SocketDirectory.create()) {
      assertTrue(d.file().getPath().length() < 90, d.file().getPath());
    }
  }

  @Test
  void removesWhatAKilledNodeManagerLeft() throws IOException {
    Path dead = Files.createDirectory(temp.resolve("weft-shuffle-" + DEAD + "-1"));
    Files.createFile(dead.resolve("plugin1"));
    Path alive = Files.createDirectory(temp.resolve("weft-shuffle-1-1"));
    Path other = Files.createDirectory(temp.resolve("elsewhere"));
    Path precious = Files.createFile(other.resolve("precious"));
    Path link = Files.createSymbolicLink(temp.resolve("weft-shuffle-" + DEAD + "-2"), other);
    SocketDirectory.createIn(temp).close();
    assertFalse(Files.exists(dead));
    assertTrue(Files.exists(alive));
    assertTrue(Files.exists(precious));
    assertTrue(Files.exists(link));
  }
}
