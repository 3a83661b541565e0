package io.github.weftdata.shuffle;

import java.util.Arrays;

/** Application is what the NodeManager says of one: id, user and the bytes with its secret. */
final class Application {
  final String id;
  final String user;
  final byte[] data;

  Application(String id, String user, byte[] data) {
    this.id = id;
    this.user = user;
    this.data = data;
  }

  boolean same(Application other) {
    return id.equals(other.id) && user.equals(other.user) && Arrays.equals(data, other.data);
  }

  /** The id alone: the data is secret. */
  @Override
  public String toString() {
    return id;
  }
}
