import java.io.*;
import java.util.*;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.*;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.*;
import org.apache.hadoop.yarn.logaggregation.AggregatedLogFormat.*;
public class Gen {
  public static void main(String[] a) throws Exception {
    Configuration c = new Configuration();
    c.set("yarn.nodemanager.log-aggregation.compression-type", a[0]);
    File logs = new File("jlogs"); 
    ApplicationId app = ApplicationId.newInstance(1700000000000L, 7);
    LogWriter w = new LogWriter();
    w.initialize(c, new Path("file://" + new File(a[1]).getAbsolutePath()), UserGroupInformation.getCurrentUser());
    w.writeApplicationOwner("alice");
    for (int i = 1; i <= 2; i++) {
      ContainerId id = ContainerId.newContainerId(ApplicationAttemptId.newInstance(app, 1), i);
      File d = new File(logs, app + "/" + id); d.mkdirs();
      try (PrintStream p = new PrintStream(new File(d, "stdout"))) {
        for (int k = 0; k < (i == 2 ? 80000 : 3); k++) p.println("line of container " + i);
      }
      try (PrintStream p = new PrintStream(new File(d, "stderr"))) { if (i == 1) p.println("End of LogType:stderr"); }
      w.append(new LogKey(id), new LogValue(Arrays.asList(logs.getAbsolutePath()), id, "alice"));
    }
    w.close();
  }
}
