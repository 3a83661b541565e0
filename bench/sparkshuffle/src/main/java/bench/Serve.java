package bench;

import java.util.List;

import org.apache.spark.network.TransportContext;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.shuffle.ExternalBlockHandler;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.TransportConf;

/** Spark's external shuffle service by itself, as its NodeManager plugin starts it. */
public final class Serve {
  private Serve() {}

  public static void main(String[] args) throws Exception {
    TransportConf conf = new TransportConf("shuffle", MapConfigProvider.EMPTY);
    ExternalBlockHandler handler = new ExternalBlockHandler(conf, null);
    TransportContext context = new TransportContext(conf, handler, true);
    TransportServer server = context.createServer("127.0.0.1", 0, List.of());
    System.out.println("port " + server.getPort() + " pid " + ProcessHandle.current().pid());
    System.in.read(); // the end of standard input ends the service
    System.exit(0);
  }
}
