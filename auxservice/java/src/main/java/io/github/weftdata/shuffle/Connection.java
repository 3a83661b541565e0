package io.github.weftdata.shuffle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.github.weftdata.shuffle.proto.Auxservice.ConfigureReply;
import io.github.weftdata.shuffle.proto.Auxservice.ConfigureRequest;
import io.github.weftdata.shuffle.proto.Auxservice.StartApplicationRequest;
import io.github.weftdata.shuffle.proto.Auxservice.StatusReply;
import io.github.weftdata.shuffle.proto.Auxservice.StatusRequest;
import io.github.weftdata.shuffle.proto.Auxservice.StopApplicationRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.stub.ClientCalls;

import java.io.File;
import java.util.concurrent.TimeUnit;

/**
 * Connection speaks to one child over its socket. Calls fail with a StatusRuntimeException after
 * {@link #CALL_MILLIS} at the latest.
 */
final class Connection implements AutoCloseable {
  static final long CALL_MILLIS = 5_000;

  private static final int MAX_REPLY = 1 << 20;

  private final EpollEventLoopGroup loop =
      new EpollEventLoopGroup(1, new DefaultThreadFactory("weft-shuffle rpc", true));
  private final ManagedChannel channel;

  private Connection(File socket) {
    channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket))
        .eventLoopGroup(loop)
        .channelType(EpollDomainSocketChannel.class)
        .usePlaintext()
        .overrideAuthority("localhost")
        .maxInboundMessageSize(MAX_REPLY)
        .directExecutor()
        .build();
  }

  /** Connects and takes over what the child writes to its standard output. */
  static Connection to(File socket, ChildLog log) {
    Connection connection = new Connection(socket);
    ClientCalls.asyncServerStreamingCall(
        connection.channel.newCall(Calls.STDIO, CallOptions.DEFAULT),
        Empty.getDefaultInstance(), new Stdio(log));
    return connection;
  }

  /** Makes the child serve on the port; 0 lets it choose. */
  ConfigureReply configure(Settings settings, int port, String recoveryDir) {
    return call(Calls.CONFIGURE, ConfigureRequest.newBuilder()
        .addAllLocalDirs(settings.localDirs)
        .setHost(settings.host)
        .setPort(port)
        .setRecoveryDir(recoveryDir)
        .setMetricsPort(settings.metricsPort)
        .setMaxMemoryBytes(settings.maxMemory)
        .setMaxConnections(settings.maxConnections)
        .setMaxConnectionsPerApplication(settings.maxConnectionsPerApplication)
        .build());
  }

  void start(Application application) {
    call(Calls.START, StartApplicationRequest.newBuilder()
        .setApplication(application.id)
        .setUser(application.user)
        .setData(ByteString.copyFrom(application.data))
        .build());
  }

  void stop(String application) {
    call(Calls.STOP, StopApplicationRequest.newBuilder().setApplication(application).build());
  }

  StatusReply status() {
    return call(Calls.STATUS, StatusRequest.getDefaultInstance());
  }

  private <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
    CallOptions limit = CallOptions.DEFAULT.withDeadlineAfter(CALL_MILLIS, TimeUnit.MILLISECONDS);
    return ClientCalls.blockingUnaryCall(channel, method, limit, request);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
