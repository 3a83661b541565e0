package io.github.weftdata.shuffle;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import io.github.weftdata.shuffle.proto.Auxservice.ConfigureReply;
import io.github.weftdata.shuffle.proto.Auxservice.ConfigureRequest;
import io.github.weftdata.shuffle.proto.Auxservice.StartApplicationReply;
import io.github.weftdata.shuffle.proto.Auxservice.StartApplicationRequest;
import io.github.weftdata.shuffle.proto.Auxservice.StatusReply;
import io.github.weftdata.shuffle.proto.Auxservice.StatusRequest;
import io.github.weftdata.shuffle.proto.Auxservice.StopApplicationReply;
import io.github.weftdata.shuffle.proto.Auxservice.StopApplicationRequest;
import io.github.weftdata.shuffle.proto.Plugin.StdioData;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.lite.ProtoLiteUtils;

/**
 * Calls are the methods of auxservice.proto and go-plugin's stdio.proto that the child serves. They
 * are written by hand, so that building needs no plug-in of the protobuf compiler.
 */
final class Calls {
  static final MethodDescriptor<ConfigureRequest, ConfigureReply> CONFIGURE = node("Configure",
      ConfigureRequest.getDefaultInstance(), ConfigureReply.getDefaultInstance());
  static final MethodDescriptor<StartApplicationRequest, StartApplicationReply> START =
      node("StartApplication", StartApplicationRequest.getDefaultInstance(),
          StartApplicationReply.getDefaultInstance());
  static final MethodDescriptor<StopApplicationRequest, StopApplicationReply> STOP =
      node("StopApplication", StopApplicationRequest.getDefaultInstance(),
          StopApplicationReply.getDefaultInstance());
  static final MethodDescriptor<StatusRequest, StatusReply> STATUS = node("Status",
      StatusRequest.getDefaultInstance(), StatusReply.getDefaultInstance());
  static final MethodDescriptor<Empty, StdioData> STDIO = method("plugin.GRPCStdio", "StreamStdio",
      MethodType.SERVER_STREAMING, Empty.getDefaultInstance(), StdioData.getDefaultInstance());

  private Calls() {}

  private static <Q extends MessageLite, A extends MessageLite> MethodDescriptor<Q, A> node(
      String name, Q request, A reply) {
    return method("weft.auxservice.NodeShuffle", name, MethodType.UNARY, request, reply);
  }

  private static <Q extends MessageLite, A extends MessageLite> MethodDescriptor<Q, A> method(
      String service, String name, MethodType type, Q request, A reply) {
    return MethodDescriptor.<Q, A>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
        .setRequestMarshaller(ProtoLiteUtils.marshaller(request))
        .setResponseMarshaller(ProtoLiteUtils.marshaller(reply))
        .build();
  }
}
