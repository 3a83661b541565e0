package io.github.weftdata.shuffle;

import io.github.weftdata.shuffle.proto.Plugin.StdioData;
import io.grpc.stub.StreamObserver;

/** Stdio logs what the child's libraries print, which go-plugin sends over its socket. */
final class Stdio implements StreamObserver<StdioData> {
  private final ChildLog log;

  Stdio(ChildLog log) {
    this.log = log;
  }

  @Override
  public void onNext(StdioData data) {
    String level = data.getChannel() == StdioData.Channel.STDERR ? "warn" : "info";
    for (String line : data.getData().toStringUtf8().split("\n")) {
      log.line(line, level);
    }
  }

  @Override
  public void onError(Throwable t) {
    log.write("debug", "its output ended: " + t); // at every end of the child
  }

  @Override
  public void onCompleted() {}
}
